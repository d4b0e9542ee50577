import { permitsDestination, permitsObject, permitsSource } from '../../argo/app-project.ts';
import {
  type DeliveredApplication,
  type Delivery,
  destinationOf,
  nameOf,
  type Placed,
  projectOf,
  sourcesOf,
  specOf,
} from '../../argo/delivery.ts';
import { nearest } from '../../resources/nearest.ts';
import { groupOf } from '../../sources/declaration.ts';
import { didYouMean } from '../../yaml/schema-words.ts';
import { catalogFor } from '../k8s/schema/catalog.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { application, argoTree, PROJECT } from './example.ts';

const unknown: CodeInfo = {
  code: 'ARGO007',
  slug: 'project-unknown',
  severity: 'error',
  title: 'an Application is in a project that does not exist',
  why: 'Argo CD refuses to sync it, and a set with a git generator makes nothing without its project.',
  fix: 'Correct the name, or add the AppProject to what the root Application applies.',
  bad: `${PROJECT}---\n${application('web', { project: 'dmeo' })}`,
  good: `${PROJECT}---\n${application('web')}`,
};

const source: CodeInfo = {
  code: 'ARGO008',
  slug: 'project-source-refused',
  severity: 'error',
  title: 'the project does not allow the repository of an Application',
  why: 'Argo CD does not sync an Application whose repository is not under `sourceRepos` of its project.',
  fix: 'Use a repository that the project allows, or add it to `sourceRepos` where everyone who can write to it may deploy with the rights of the project.',
  bad: `${PROJECT}---\n${application('web', { url: 'https://example.com/fork' })}`,
  good: `${PROJECT}---\n${application('web', { url: 'https://example.com/Repository.git' })}`,
};

const destination: CodeInfo = {
  code: 'ARGO009',
  slug: 'project-destination-refused',
  severity: 'error',
  title: 'the project does not allow a namespace or cluster that an Application deploys to',
  why: 'Argo CD does not sync an Application whose destination, or the namespace of one of its objects, is not under `destinations` of its project.',
  fix: 'Correct the destination, or add it to the project.',
  bad: `${PROJECT}---\n${application('web', { destination: '{ server: https://kubernetes.default.svc, namespace: other }' })}`,
  good: `${PROJECT}---\n${application('web', { destination: '{ name: in-cluster, namespace: demo }' })}`,
};

const NAMESPACE = { 'overlays/demo/config-map.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: demo }\n' };
const kind: CodeInfo = {
  code: 'ARGO010',
  slug: 'project-kind-refused',
  severity: 'error',
  title: 'the project does not allow a kind that an Application renders',
  why: 'Of cluster-wide kinds a project allows only those under `clusterResourceWhitelist`, by their names where it gives any, of the others those under `namespaceResourceWhitelist` (all where there is none) and not under `namespaceResourceBlacklist`. The sync of the whole Application fails.',
  fix: 'Add the kind to the project if what it allows is meant to grow, or take the object out of what the Application renders.',
  bad: argoTree({ ...NAMESPACE, 'web.yaml': application('web') }),
  good: argoTree({
    ...NAMESPACE,
    'web.yaml': application('web'),
    'project.yaml': `${PROJECT}  clusterResourceWhitelist: [{ group: "", kind: Namespace }]\n`,
  }),
};

/** What each Application is in, where it comes from, where it goes and what it makes, against its project. */
export const projectPermitsRule: DeliveryRule = {
  codes: [unknown, source, destination, kind],
  *check({ applications, projects, complete }: Delivery): Generator<SourceProblem> {
    const byName = new Map(projects.map((project) => [nameOf(project), project]));
    for (const one of applications) {
      const name = projectOf(one);
      const project = byName.get(name);
      if (project) yield* refusals(one, project);
      else if (complete && name !== 'default') {
        const message = `\`${nameOf(one)}\` is in project \`${name}\`, which does not exist${didYouMean(nearest(name, byName.keys(), 2))}`;
        yield { code: unknown, source: one.placeOf(['spec', 'project']), message };
      }
    }
  },
};

function* refusals(one: DeliveredApplication, project: Placed): Generator<SourceProblem> {
  const name = `project \`${nameOf(project)}\``;
  for (const {
    source: { repoURL },
    path,
  } of sourcesOf(one)) {
    if (typeof repoURL === 'string' && !permitsSource(project, repoURL)) {
      yield { code: source, source: one.placeOf([...path, 'repoURL']), message: `${name} does not allow ${repoURL}` };
    }
  }
  const place = destinationOf(one);
  const cluster = place.name || place.server;
  if (!permitsDestination(project, place)) {
    const message = `${name} does not allow namespace \`${place.namespace}\` of cluster \`${cluster}\``;
    const isCluster = permitsDestination(project, { ...place, name: '', server: '' });
    const field = isCluster ? (place.name ? 'name' : 'server') : 'namespace';
    yield { code: destination, source: one.placeOf(['spec', 'destination', field]), message };
    return;
  }
  if (one.yields.kind !== 'objects') return;
  const catalog = catalogFor([]);
  const seen = new Set<string>();
  for (const { value } of one.yields.objects) {
    const scope = catalog.find(value.apiVersion, value.kind)?.kind.scope;
    const namespace = value.metadata.namespace ?? place.namespace;
    // Of what is cluster-wide a project may let one make certain names alone.
    const { name: own } = value.metadata;
    const key = [value.apiVersion, value.kind, scope === 'Cluster' ? own : namespace].join();
    if (!scope || seen.has(key)) continue;
    seen.add(key);
    const object = { group: groupOf(value.apiVersion), kind: value.kind, name: own };
    if (!permitsObject(project, object, scope === 'Namespaced')) {
      const message = `${name} does not allow ${value.kind} \`${own}\`, which \`${nameOf(one)}\` renders`;
      yield {
        code: kind,
        source: project.placeOf(['spec', kindList(project, scope)]),
        message,
      };
    } else if (scope === 'Namespaced' && !permitsDestination(project, { ...place, namespace })) {
      const message = `${name} does not allow namespace \`${namespace}\`, which \`${nameOf(one)}\` renders ${value.kind} \`${own}\` into`;
      yield { code: destination, source: project.placeOf(['spec', 'destinations']), message };
    }
  }
}

/** Where a kind that is refused would have to be let in: what lists the kinds that are allowed, else those that are barred. */
function kindList(project: Placed, scope: string): string {
  const allowed = scope === 'Cluster' ? 'clusterResourceWhitelist' : 'namespaceResourceWhitelist';
  return scope === 'Cluster' || specOf(project)[allowed] !== undefined ? allowed : 'namespaceResourceBlacklist';
}
