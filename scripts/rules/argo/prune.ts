import { type DeliveredApplication, type Delivery, destinationOf, nameOf, specOf } from '../../argo/delivery.ts';
import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER } from '../../argo/generators/clusters.ts';
import { isArgo } from '../../argo/manifest-delivery.ts';
import { recordOf } from '../../resources/fields.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { application, argoTree } from './example.ts';

const prune: CodeInfo = {
  code: 'ARGO033',
  slug: 'argo-cd-pruned',
  severity: 'error',
  title: 'Argo CD may delete Applications, projects or itself because a file went',
  why: 'With `prune` a file that is lost in a merge, or a row that is not generated, deletes its Application, and with a set or a project all that it holds.',
  fix: 'Set `prune: false` under `syncPolicy.automated`; what has to go is deleted by hand, such as by `npm run cluster -- teardown`.',
  bad: argoTree({
    'argocd/root.yaml': application('root', { project: 'default', path: 'argocd/all', prune: true }),
    'web.yaml': application('web'),
  }),
  good: argoTree({ 'web.yaml': application('web', { prune: true }) }),
};

/**
 * What brings Applications, sets and projects, or deploys to where Argo CD runs, deletes nothing by itself. For this repository: that
 * others let theirs prune is their choice.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning
 */
export const pruneRule: DeliveryRule = {
  codes: [prune],
  *check({ applications, facts }: Delivery): Generator<SourceProblem> {
    if (facts === undefined) return;
    for (const one of applications) {
      const automated = recordOf(recordOf(specOf(one)['syncPolicy'])['automated']);
      if (automated['prune'] !== true || !(bringsArgoObjects(one) || goesToArgoCd(one))) continue;
      const message = `\`${nameOf(one)}\` has \`prune: true\`, and it holds objects of Argo CD`;
      yield { code: prune, source: one.placeOf(['spec', 'syncPolicy', 'automated', 'prune']), message };
    }
  },
};

function bringsArgoObjects({ yields }: DeliveredApplication): boolean {
  return yields.kind === 'objects' && yields.objects.some(({ value }) => isArgo(value));
}

/** Its own namespace is that of Argo CD: what it renders there need not be known. */
function goesToArgoCd(application: DeliveredApplication): boolean {
  const { name, server, namespace } = destinationOf(application);
  const isManagement = name === IN_CLUSTER_NAME || server === IN_CLUSTER_SERVER;
  return isManagement && namespace === application.value.metadata.namespace;
}
