import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../yaml/yaml-file.ts';
import { SEALED_VALUE } from './example-sealed.ts';
import { impossibleSealedValues } from './sealed-value-impossible.ts';

const found = (value: unknown, kind = 'SealedSecret') => {
  const object = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind,
    metadata: { name: 'a' },
    spec: { encryptedData: { key: value } },
  };
  return [...impossibleSealedValues([parseYaml('sealed.yaml', JSON.stringify(object, null, 2))])];
};
const withKeyOf = (keyBytes: number, rest: number) => {
  const bytes = Buffer.alloc(2 + keyBytes + rest, 1);
  bytes.writeUInt16BE(keyBytes);
  return bytes.toString('base64');
};

describe('sealed-value-impossible', () => {
  it.each([
    ['text that is no base64', 'hunter2!', 'is no base64'],
    ['base64 without its end', 'AgB', 'is no base64'],
    ['base64 with blanks, as folding makes it', SEALED_VALUE.replace(/^.{76}/, '$& '), 'is no base64'],
    ['nothing', '', 'has 0 bytes, and what it says of itself needs 274 at least'],
    ['a password in base64', 'Y29ycmVjdC1ob3JzZQ==', 'has 13 bytes, and what it says of itself needs 25473 at least'],
    [
      'a value of a 4096-bit key without its end',
      withKeyOf(512, 15),
      'has 529 bytes, and what it says of itself needs 530 at least',
    ],
    ['a key that is too small', withKeyOf(128, 500), 'begins with a key of 128 bytes, and RSA of 2048 bits has 256'],
  ])('reports %s, and never shows it', (_, value, reason) => {
    const problems = found(value);

    expect(problems).toMatchObject([
      { source: { file: 'sealed.yaml', line: 9 }, message: `the sealed value \`key\` ${reason}` },
    ]);
    if (value) expect(JSON.stringify(problems)).not.toContain(value);
  });

  it.each([
    ['a sealed value', SEALED_VALUE],
    ['one over several lines', SEALED_VALUE.replace(/.{76}/g, '$&\n')],
    ['an empty text sealed to 4096 bits', withKeyOf(512, 16)],
    ['what is no text, which the schema refuses', 7],
  ])('accepts %s', (_, value) => {
    expect(found(value)).toEqual([]);
  });

  it('leaves other kinds alone', () => {
    expect(found('junk', 'NotASealedSecret')).toEqual([]);
  });
});
