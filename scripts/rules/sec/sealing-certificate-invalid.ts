import { readSealingCertificate } from '../../secrets/sealing-certificate.ts';
import { UserError } from '../../system/user-error.ts';
import { RECORD, recordTree } from '../gen/example-tree.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';
import { SEALING_CERTIFICATE } from './example-sealed.ts';

const withCertificate = (text: string) => ({ ...recordTree(RECORD), 'clusters/demo/sealing.crt': text });

const invalid: CodeInfo = {
  code: 'SEC004',
  slug: 'sealing-certificate-invalid',
  severity: 'error',
  title: 'a file `sealing.crt` holds no usable sealing certificate',
  why: 'Every rotation of the cluster stops before it seals anything, on the day when it is needed. A private key in place of the certificate opens every secret that is sealed to it.',
  fix: 'Take the file as it was before (`git log`), or fetch it from the controller of this cluster: `kubeseal --fetch-cert --context CONTEXT --controller-namespace sealed-secrets --controller-name sealed-secrets-controller`.',
  // A line was lost when it was copied.
  bad: withCertificate(SEALING_CERTIFICATE.split('\n').toSpliced(9, 1).join('\n')),
  good: withCertificate(`subject=CN=sealed-secrets\n${SEALING_CERTIFICATE}`),
};

const PATH = /^(clusters\/[^/]+|argocd\/registrations)\/sealing\.crt$/;

/** What values are sealed to is one RSA certificate. `rotate status` tells when it ends: here no clock decides. */
export const sealingCertificateInvalidRule: SourceRule = {
  codes: [invalid],
  *check({ repository: { tree } }) {
    const paths = ['clusters', 'argocd'].flatMap((folder) => tree.list(folder)).filter((path) => PATH.test(path));
    for (const file of paths) {
      const problem = problemOf(file, tree.read(file));
      if (problem) yield { code: invalid, source: { file, line: 1, column: 1 }, ...problem };
    }
  },
};

function problemOf(file: string, pem: string | undefined): { message: string; fix?: string } | undefined {
  if (pem === undefined) return { message: `${file} is a link that leads to no file of this repository` };
  try {
    readSealingCertificate(file, pem, new Date(0));
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return pem.includes('PRIVATE KEY') ? { message: error.what, fix: error.details.fix } : { message: error.what };
  }
}
