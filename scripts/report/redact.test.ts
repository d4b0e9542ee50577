import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

describe('redact', () => {
  it('hides the values of a Secret and keeps every position', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: ai-spm-secrets\nstringData:\n  password: hunter2\n  url: "a b"\ntype: Opaque\n';

    expect(redact(text)).toMatchInlineSnapshot(`
      "apiVersion: v1
      kind: Secret
      metadata:
        name: ai-spm-secrets
      stringData:
        password: *******
        url: ** **
      type: Opaque
      "
    `);
    expect(redact(text)).toHaveLength(text.length);
  });

  it.each([
    ['block scalars', 'kind: Secret\ndata:\n  key: |\n    aHVudGVyMg==\n    hunter2: hunter2\n'],
    ['flow maps', 'kind: "Secret"\ndata: { key: aHVudGVyMg== }\n'],
    ['JSON', '{\n  "kind": "Secret",\n  "data": {\n    "key": "aHVudGVyMg=="\n  }\n}\n'],
    ['text that is no YAML', 'kind: Secret\nstringData:\n  key: "hunter2\n  : : [\n  hunter2\n'],
    ['generator literals', 'secretGenerator:\n- name: a\n  literals:\n  - key=hunter2\n  - other=hunter2\n'],
    ['inline patches', 'patches:\n  - patch: |\n      kind: Secret\n      stringData:\n        key: hunter2\n'],
    [
      'JSON patches',
      'patches:\n  - target: { kind: Secret }\n    patch: |\n      - op: add\n        path: /stringData/key\n        value: hunter2\n',
    ],
    ['lists', 'kind: List\nitems:\n  - kind: Secret\n    data:\n      key: aHVudGVyMg==\n'],
    [
      'private keys',
      'kind: ConfigMap\ndata:\n  key: |\n    -----BEGIN EC PRIVATE KEY-----\n    hunter2\n    -----END EC PRIVATE KEY-----\n',
    ],
    ['passwords in URLs', 'env:\n  - value: postgres://app:hunter2@database:5432/app\n'],
  ])('hides values in %s', (_, text) => {
    const shown = redact(text);

    expect(shown).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(shown).toHaveLength(text.length);
    expect(shown.split('\n')).toHaveLength(text.split('\n').length);
  });

  it.each([
    ['a ConfigMap', 'kind: ConfigMap\ndata:\n  key: value\n'],
    ['a SecretStore', 'kind: SecretStore\ndata:\n  key: value\n'],
    ['a reference to a variable', 'value: postgres://app:$(PASSWORD)@database/app\n'],
    ['the other documents of a file', 'kind: ConfigMap\ndata:\n  key: value\n---\nkind: Service\n'],
  ])('leaves %s alone', (_, text) => {
    expect(redact(text)).toBe(text);
  });

  it('hides only in the document that holds the Secret', () => {
    const text = 'kind: ConfigMap\ndata:\n  key: open\n---\nkind: Secret\ndata:\n  key: shut\n';

    expect(redact(text)).toBe('kind: ConfigMap\ndata:\n  key: open\n---\nkind: Secret\ndata:\n  key: ****\n');
  });

  it('only ever puts stars for visible characters, whatever the text', () => {
    const piece = fc.constantFrom(
      ...[
        'kind: Secret',
        'data:',
        'stringData',
        'name: DB_PASSWORD',
        'valu: x',
        '--token',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        "'",
      ],
      ...[
        '- ',
        '\n',
        '\n  ',
        '\r\n',
        '---\n',
        '|',
        '#',
        '=',
        '://a:b@c',
        '-----BEGIN PRIVATE KEY-----',
        '中',
        '\u{1f511}',
        ' ',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const shown = redact(text);
        expect(shown).toHaveLength(text.length);
        for (let at = 0; at < text.length; at++)
          if (shown[at] !== text[at]) expect([shown[at], /\s/.test(text[at] ?? '')]).toEqual(['*', false]);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const start = performance.now();
    for (const text of ['[', '{a: ', '"', '["a, \'', '://', '- ', ' --token\n#', '- name: DB_PASSWORD\n  valu: x\n'])
      redact(text.repeat(200_000 / text.length));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
