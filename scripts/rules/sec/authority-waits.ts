import { placedObjects } from '../../argo/placed.ts';
import { clearText, registrationOf } from '../../argo/registration.ts';
import type { SourcePosition } from '../../findings/finding.ts';
import { askAnew, isUnanswered, isWaiting, waitingPath, waitsFor } from '../../rotate/first-authority.ts';
import { REGISTRATIONS } from '../../rotate/registration.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import { RECORD, recordTree } from '../gen/example-tree.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';

const SEALED = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: cacerts, namespace: istio-system }
spec:
  encryptedData: { ca-key.pem: AgBy }
`;
const REQUEST = '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n';
const REGISTRATION = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: cluster-demo, namespace: argocd }
spec:
  encryptedData: { token: AgBy }
  template:
    metadata: { labels: { argocd.argoproj.io/secret-type: cluster } }
    data: { name: demo, server: https://demo.k8s.example.com }
`;
const withFiles = (files: Record<string, string>) => ({ ...recordTree(RECORD), ...files });
const WAITING = { 'clusters/demo/cacerts.yaml': SEALED, 'clusters/demo/cacerts.csr': REQUEST };

const WHY =
  'An istiod that starts before the answer is there makes a root of its own, which no other member of the mesh trusts, and takes the authority only when it is restarted: then its own proxies refuse each other until all have new certificates.';

const waits: CodeInfo = {
  code: 'SEC006',
  slug: 'authority-waits',
  severity: 'warning',
  title: 'the request of a cluster for its authority has not been answered yet',
  why: `Nothing of it is deployed, since istiod does not start with a \`cacerts\` without certificates. ${WHY}`,
  fix: 'Have the request signed by the root of the mesh, and give the answer with `npm run rotate -- init CLUSTER --chain FILE --root-certificate FILE`. Register the cluster with Argo CD after that.',
  bad: withFiles(WAITING),
  // A request for the next authority of a cluster that has one.
  good: withFiles({ 'clusters/demo/platform/cacerts.yaml': SEALED, 'clusters/demo/cacerts.csr': REQUEST }),
};

const registered: CodeInfo = {
  code: 'SEC008',
  slug: 'registered-without-authority',
  severity: 'error',
  title: 'a cluster is registered with Argo CD while it waits for its authority',
  why: `Argo CD deploys istiod as soon as it knows the cluster. ${WHY}`,
  fix: 'Add the registration with the answer, or after it: `npm run rotate -- init CLUSTER --chain FILE --root-certificate FILE`.',
  bad: withFiles({ ...WAITING, [`${REGISTRATIONS}/demo.yaml`]: REGISTRATION }),
  good: withFiles(WAITING),
};

/** Clusters that wait for what only a person can bring. */
export const authorityWaitsRule: SourceRule = {
  codes: [waits, registered],
  *check({ repository: { tree, files } }) {
    const names = new Set(tree.list('clusters').map((path) => path.split('/')[1] ?? ''));
    for (const name of names) {
      if (!isUnanswered(tree, name)) continue;
      const canBeAnswered = isWaiting(tree, name);
      const reason = canBeAnswered
        ? 'nobody has answered its request'
        : 'its request is not for the key that is sealed';
      const fix = `${canBeAnswered ? waitsFor(name) : `Have another request signed: ${askAnew(name)}`}.`;
      const problem = { message: `\`${name}\` has no authority yet: ${reason}`, fix };
      const registration = placeOfRegistration(files, name);
      if (registration) yield { code: registered, source: registration, ...problem };
      else yield { code: waits, source: { file: waitingPath(name), line: 1, column: 1 }, ...problem };
    }
  },
};

/** Where git registers a cluster with Argo CD, whatever the file is called. */
function placeOfRegistration(files: readonly YamlFile[], cluster: string): SourcePosition | undefined {
  const found = files
    .filter(({ path }) => path.startsWith(`${REGISTRATIONS}/`))
    .flatMap(placedObjects)
    .flatMap((placed) => registrationOf(placed) ?? [])
    .find((one) => clearText(one, 'name') === cluster);
  return found?.placed.placeOf([...found.at, 'data', 'name']);
}
