import { placedObjects } from '../../argo/placed.ts';
import { recordOf } from '../../resources/fields.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceProblem, SourceRule } from '../rule.ts';
import { SEALED_VALUE } from './example-sealed.ts';

const sealed = (value: string) => `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: ai-spm-secrets, namespace: ai-spm }
spec:
  encryptedData:
    session-secret: ${value}
  template:
    metadata: { name: ai-spm-secrets, namespace: ai-spm }
`;

const impossible: CodeInfo = {
  code: 'SEC005',
  slug: 'sealed-value-impossible',
  severity: 'error',
  title: 'a sealed value is nothing that a controller could open',
  why: 'The controller refuses the whole SealedSecret, so the Secret is never made, or keeps its old values for good: every pod that mounts it waits. Most often the end was lost in copying. It can also be that the value was written without sealing it: then everyone who reads the repository has it.',
  fix: 'Seal the value anew and take all of what comes out. If it is the value itself that stands there, replace the value too: it has been public.',
  bad: sealed(SEALED_VALUE.slice(0, 360)),
  good: sealed(SEALED_VALUE),
};

const LENGTH_BYTES = 2;
const TAG_BYTES = 16;
/** RSA of 2048 bits: the controller makes keys of 4096 (`--key-size`), and nobody gives it a smaller one than this. */
const SMALLEST_KEY_BYTES = 256;

/** In every file, rendered or not: the registrations of clusters are Argo CD's alone. */
export const sealedValueImpossibleRule: SourceRule = {
  codes: [impossible],
  check: ({ repository }) => impossibleSealedValues(repository.files),
};

export function* impossibleSealedValues(files: readonly YamlFile[]): Generator<SourceProblem> {
  for (const file of files.filter(({ text }) => text.includes('SealedSecret'))) {
    for (const { value, placeOf } of placedObjects(file)) {
      if (value.kind !== 'SealedSecret') continue;
      for (const [key, item] of Object.entries(recordOf(recordOf(value['spec'])['encryptedData']))) {
        const reason = typeof item === 'string' ? reasonAgainst(item) : undefined;
        const source = placeOf(['spec', 'encryptedData', key]);
        if (reason) yield { code: impossible, source, message: `the sealed value \`${key}\` ${reason}` };
      }
    }
  }
}

/** The form of `HybridEncrypt` (sealed-secrets pkg/crypto/crypto.go); Go's base64 passes over line ends and nothing else. Never shows the value. */
function reasonAgainst(value: string): string | undefined {
  const text = value.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return 'is no base64';
  const bytes = Buffer.from(text, 'base64');
  const keyBytes = bytes.length < LENGTH_BYTES ? 0 : bytes.readUInt16BE();
  const needed = LENGTH_BYTES + Math.max(keyBytes, SMALLEST_KEY_BYTES) + TAG_BYTES;
  if (bytes.length < needed) return `has ${bytes.length} bytes, and what it says of itself needs ${needed} at least`;
  return keyBytes < SMALLEST_KEY_BYTES
    ? `begins with a key of ${keyBytes} bytes, and RSA of 2048 bits has 256`
    : undefined;
}
