import { recordOf, textOf } from '../../resources/fields.ts';
import type { RenderedObject } from '../../resources/kube-object.ts';
import { groupOf } from '../../sources/declaration.ts';
import { stream } from '../k8s/example.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';

const sealed = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: ai-spm-secrets, namespace: ai-spm }
spec:
  encryptedData: { session-secret: AgBy }
`;
const external = (name: string) => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: from-vault, namespace: ai-spm }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: ai-spm }
  target: { name: ${name} }
  dataFrom: [{ extract: { key: ai-spm-secrets } }]
`;

const madeTwice: CodeInfo = {
  code: 'SEC007',
  slug: 'secret-made-twice',
  severity: 'error',
  title: 'two objects make the same Secret',
  why: 'A SealedSecret and an ExternalSecret are each kept by a controller that owns the Secret it makes. Whichever comes first has it, the other one reports an error and stays behind: which values the pods get depends on the order, and a new value in the other place never arrives.',
  fix: 'Delete the one whose values are not wanted. For a cluster with `components: [external-secrets]`, that is the SealedSecret.',
  bad: stream(sealed, external('ai-spm-secrets')),
  good: stream(sealed, external('ai-spm-more-secrets')),
};

export const secretMadeTwiceRule: ObjectRule = {
  codes: [madeTwice],
  *check({ objects }) {
    const makers = new Map<string, RenderedObject>();
    for (const object of objects) {
      const made = madeBy(object);
      if (made === undefined) continue;
      const { kind, namespace = '', name } = object.ref;
      const first = makers.get(`${namespace}/${made}`);
      if (!first) makers.set(`${namespace}/${made}`, object);
      // The same object twice has a code of its own.
      else if (first.ref.kind !== kind || first.ref.name !== name) {
        const message = `${kind} \`${name}\` makes the Secret \`${made}\`, and so does ${first.ref.kind} \`${first.ref.name}\``;
        yield { code: madeTwice, object, path: ['metadata', 'name'], message };
      }
    }
  },
};

/** Name of the Secret that the controller of an object makes and keeps as its own. */
function madeBy({ ref, value }: RenderedObject): string | undefined {
  const kind = `${groupOf(ref.apiVersion)}/${ref.kind}`;
  if (kind === 'bitnami.com/SealedSecret') return ref.name;
  if (kind !== 'external-secrets.io/ExternalSecret') return undefined;
  const { name, creationPolicy } = recordOf(recordOf(value['spec'])['target']);
  // Those two write into a Secret of somebody else, or into none.
  return creationPolicy === 'Merge' || creationPolicy === 'None' ? undefined : (textOf(name) ?? ref.name);
}
