import { type Delivery, destinationOf } from '../../argo/delivery.ts';
import { RECORD, recordTree } from '../gen/example-tree.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { application, applicationSet, argoTree } from './example.ts';

const SET = applicationSet({
  generators:
    '    - git:\n        repoURL: https://example.com/repository\n        revision: main\n        files: [{ path: argocd/clusters/*.yaml }]\n        pathParamPrefix: row\n',
}).replace('destination: { server: https://kubernetes.default.svc,', 'destination: { name: "{{.name}}",');
const tree = (set: string) => ({
  ...argoTree({ 'set.yaml': set, 'root-only.yaml': application('other') }),
  ...recordTree(RECORD),
});

const undelivered: CodeInfo = {
  code: 'ARGO019',
  slug: 'record-without-application',
  severity: 'error',
  title: 'a cluster has a record and no Application',
  why: 'Argo CD deploys nothing to the cluster: it stays at what it has, or stays empty, while the repository says otherwise.',
  fix: 'Run `npm run generate`, which writes the row of the cluster, and see whether the ApplicationSet reads that row. To remove a cluster, delete its record as well.',
  bad: tree(SET.replace('argocd/clusters/*.yaml', 'argocd/cluster/*.yaml')),
  good: tree(SET),
};

/** Every record leads to an Application with that cluster as destination. */
export const recordDeliveredRule: DeliveryRule = {
  codes: [undelivered],
  *check({ applications, sets, records }: Delivery): Generator<SourceProblem> {
    // Without Argo CD there is nothing to say, and a set that fails has a finding of its own.
    if (applications.length === 0 || sets.some(({ expansion }) => expansion.error)) return;
    const delivered = new Set(applications.map((one) => destinationOf(one).name));
    for (const [name, source] of records) {
      if (!delivered.has(name)) yield { code: undelivered, source, message: `no Application deploys to \`${name}\`` };
    }
  },
};
