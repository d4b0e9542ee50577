import { describe, expect, it } from 'vitest';
import { readRepository } from '../../sources/repository.ts';
import { treeOf } from '../../system/source-tree.ts';
import { SEALING_CERTIFICATE } from './example-sealed.ts';
import { sealingCertificateInvalidRule } from './sealing-certificate-invalid.ts';

function found(files: Readonly<Record<string, string>>) {
  const repository = readRepository(treeOf(files));
  return [
    ...sealingCertificateInvalidRule.check({ repository, objectsOf: () => undefined, failureOf: () => undefined }),
  ];
}

describe('sealing-certificate-invalid', () => {
  it.each(['clusters/demo/sealing.crt', 'argocd/registrations/sealing.crt'])('looks at %s', (file) => {
    expect(found({ [file]: 'junk\n' })).toMatchObject([
      {
        source: { file, line: 1, column: 1 },
        message: `${file} is no sealing certificate: it holds 0 PEM blocks, not one`,
      },
    ]);
    expect(found({ [file]: SEALING_CERTIFICATE })).toEqual([]);
  });

  it('tells to replace the key where a private key stands in its place', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n';

    const [problem] = found({ 'clusters/demo/sealing.crt': key });

    expect(problem?.message).toBe('clusters/demo/sealing.crt holds a private key');
    expect(problem?.fix).toContain('replace the key in the cluster');
    expect(JSON.stringify(problem)).not.toContain('MC4=');
  });

  it('leaves other certificates alone, and one that has ended', () => {
    expect(found({ 'clusters/demo/other.crt': 'junk', 'clusters/demo/requests/sealing.crt': 'junk' })).toEqual([]);
  });
});
