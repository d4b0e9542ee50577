import { recordOf } from '../../resources/fields.ts';
import { matchesLabels, parseSelector } from '../../resources/selectors.ts';
import { refused, unsupported } from '../expansion-error.ts';
import { normalizeName } from '../go-template/names.ts';
import { type GoMap, StringMap } from '../go-template/value.ts';
import type { Cluster, Generate } from './generator.ts';
import { addValues } from './values.ts';

/** `clusters`: every cluster whose Secret the selector takes; the one that Argo CD runs in has no Secret unless someone made it. */
export const clusterGenerator: Generate = (spec, { world, ...mode }) => {
  const selector = parseSelector(recordOf(spec['selector']));
  if (selector.kind === 'invalid') throw refused(selector.reason, ['selector']);
  const { clusters } = world;
  if (!clusters) throw unsupported('the clusters that are registered with Argo CD: none of their Secrets is here');
  if (selector.kind === 'requirements' && clusters.some(({ labels }) => !labels)) {
    throw unsupported('the labels of registered clusters, whose Secrets are not here', ['selector']);
  }
  const registered = new Map(
    clusters.filter(({ labels }) => matchesLabels(selector, labels ?? {})).map((cluster) => [cluster.name, cluster]),
  );
  const found: GoMap[] = [];
  // A selector leaves out what has no Secret, since it has no labels.
  const local = localCluster(clusters);
  if (selector.kind === 'everything' && local) found.push(named(local.name, local.name, local.server));
  for (const { name } of clusters) {
    const cluster = registered.get(name);
    if (cluster) found.push(clusterParameters(cluster, mode.goTemplate));
  }
  for (const parameters of found) addValues(spec['values'], parameters, mode);
  return spec['flatList'] === true ? [new Map([['clusters', found]])] : found;
};

/** The cluster that Argo CD runs in. */
export const IN_CLUSTER_NAME = 'in-cluster';
export const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc';

function localCluster(clusters: readonly Cluster[]): { name: string; server: string } | undefined {
  const hasSecret = clusters.some(({ server }) => server.replace(/\/+$/, '') === IN_CLUSTER_SERVER);
  return hasSecret ? undefined : { name: IN_CLUSTER_NAME, server: IN_CLUSTER_SERVER };
}

function named(name: string, normalized: string, server: string, project = ''): GoMap {
  return new Map(Object.entries({ name, nameNormalized: normalized, server, project }));
}

function clusterParameters({ name, server, project, labels = {}, annotations }: Cluster, goTemplate: boolean): GoMap {
  const parameters = named(name, normalizeName(name), server, project);
  const metadata: GoMap = new Map();
  for (const [kind, map] of Object.entries({ annotations, labels })) {
    const entries = Object.entries(map);
    if (entries.length > 0) metadata.set(kind, new StringMap(entries));
    if (!goTemplate) for (const [key, value] of entries) parameters.set(`metadata.${kind}.${key}`, value);
  }
  if (goTemplate) parameters.set('metadata', metadata);
  return parameters;
}
