import { askAnew, isUnanswered, isWaiting, waitingPath, waitsFor } from '../../rotate/first-authority.ts';
import { RECORD, recordTree } from '../gen/example-tree.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';
import { authorityTree } from './example-authority.ts';

const WAITING = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: cacerts, namespace: istio-system }
spec:
  encryptedData: { ca-key.pem: AgBy }
`;
const REQUEST = '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n';

const waits: CodeInfo = {
  code: 'SEC006',
  slug: 'authority-waits',
  severity: 'warning',
  title: 'the request of a cluster for its authority has not been answered yet',
  why: 'Nothing of it is deployed, since istiod does not start with a `cacerts` without certificates. An istiod that starts before the answer is there makes a root of its own, which no other member of the mesh trusts, and takes the authority only when it is restarted: then its own proxies refuse each other until all have new certificates.',
  fix: 'Have the request signed by the root of the mesh, and give the answer with `npm run rotate -- init CLUSTER --chain FILE --root-certificate FILE`. Register the cluster with Argo CD after that.',
  bad: { ...recordTree(RECORD), 'clusters/demo/cacerts.yaml': WAITING, 'clusters/demo/cacerts.csr': REQUEST },
  // A request for the next authority of a cluster that has one.
  good: { ...authorityTree({ demo: { signs: 'old', trusts: ['old'] } }), 'clusters/demo/cacerts.csr': REQUEST },
};

/** Clusters that wait for what only a person can bring. */
export const authorityWaitsRule: SourceRule = {
  codes: [waits],
  *check({ repository: { tree } }) {
    const names = new Set(tree.list('clusters').map((path) => path.split('/')[1] ?? ''));
    for (const name of names) {
      if (!isUnanswered(tree, name)) continue;
      const source = { file: waitingPath(name), line: 1, column: 1 };
      const canBeAnswered = isWaiting(tree, name);
      const reason = canBeAnswered
        ? 'nobody has answered its request'
        : 'its request is not for the key that is sealed';
      const fix = canBeAnswered ? waitsFor(name) : `Have another request signed: ${askAnew(name)}`;
      yield { code: waits, source, message: `\`${name}\` has no authority yet: ${reason}`, fix: `${fix}.` };
    }
  },
};
