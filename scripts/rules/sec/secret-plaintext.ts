import { isPresent, quoted, recordOf } from '../../resources/fields.ts';
import { indexTarget } from '../../resources/target-index.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';

const secretPlaintext: CodeInfo = {
  code: 'SEC001',
  slug: 'secret-plaintext',
  severity: 'error',
  title: 'a Secret is rendered with its values',
  why: 'Whoever can read the repository, one of its clones or a build log has the value: base64 is no encryption, and git forgets nothing. Deleting it in a later commit does not help, so the value has to be replaced.',
  fix: 'Seal the value for each cluster and commit the SealedSecret; then rotate the value, since it has been public.',
  bad: `apiVersion: v1
kind: Secret
metadata:
  name: ai-spm-secrets
  namespace: ai-spm
type: Opaque
stringData:
  session-secret: correct-horse-battery-staple
`,
  good: `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: ai-spm-secrets
  namespace: ai-spm
spec:
  encryptedData:
    session-secret: AgB4cGxhY2Vob2xkZXI=
  template:
    metadata:
      name: ai-spm-secrets
      namespace: ai-spm
    type: Opaque
`,
};

/** Secrets of every type; one without values (a service account token that the cluster fills in) is fine. */
export const secretPlaintextRule: ObjectRule = {
  codes: [secretPlaintext],
  *check(target) {
    for (const object of indexTarget(target).ofKind('', 'Secret')) {
      for (const field of ['data', 'stringData']) {
        const values = Object.entries(recordOf(object.value[field]));
        const keys = values.filter(([, value]) => isPresent(value) && value !== '').map(([key]) => key);
        if (keys.length === 0) continue;
        const message = `Secret \`${object.ref.name}\` is rendered with the ${keys.length > 1 ? 'values' : 'value'} of ${quoted(keys)}`;
        yield { code: secretPlaintext, object, path: [field], at: 'key', message };
      }
    }
  },
};
