import { entriesOf, recordOf, textOf, textsOf } from '../resources/fields.ts';
import type { Destination, Placed } from './delivery.ts';
import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER } from './generators/clusters.ts';
import { normalizeUrl } from './repository-url.ts';

/** Whether an AppProject lets an Application have a source (AppProject.IsSourcePermitted). */
export function permitsSource(project: Placed, url: string): boolean {
  const patterns = textsOf(recordOf(project.value['spec'])['sourceRepos']);
  const wanted = normalizeUrl(url);
  const matches = (pattern: string) => matchesGlob(normalizeUrl(pattern), wanted, '/');
  const isDenied = patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)));
  return !isDenied && patterns.some((pattern) => (pattern.startsWith('!') ? true : matches(pattern)));
}

/** Whether it lets one deploy to a place (AppProject.isDestinationMatched). The server of a cluster that is named is not known: a pattern for servers may let it pass. */
export function permitsDestination(project: Placed, { name, server, namespace }: Destination): boolean {
  const cluster = {
    name: name || (server === IN_CLUSTER_SERVER ? IN_CLUSTER_NAME : ''),
    server: server || (name === IN_CLUSTER_NAME ? IN_CLUSTER_SERVER : ''),
  };
  const items = entriesOf(recordOf(project.value['spec'])['destinations']).map(({ value }) => ({
    name: textOf(value['name']) ?? '',
    server: textOf(value['server']) ?? '',
    namespace: textOf(value['namespace']) ?? '',
  }));
  let isPermitted = false;
  for (const item of items) {
    const matches = (pattern: string, text: string) =>
      pattern.startsWith('!') ? !matchesGlob(pattern.slice(1), text) : matchesGlob(pattern, text);
    const isServer = item.server !== '' && (cluster.server === '' || matches(item.server, cluster.server));
    const isName = item.name !== '' && (cluster.name === '' || matches(item.name, cluster.name));
    const isNamespace = matches(item.namespace, namespace);
    if ((isServer || isName) && isNamespace) isPermitted = true;
    // An exception that bars the cluster by name bars it in every namespace, as in Argo CD.
    else if (item.name.startsWith('!') && !isName) return false;
    else if (item.server.startsWith('!') && !isServer && isNamespace) return false;
    else if (item.namespace.startsWith('!') && !isNamespace && isServer) return false;
  }
  return isPermitted;
}

export interface ObjectName {
  group: string;
  kind: string;
  name: string;
}

/**
 * Whether it lets one make an object (AppProject.IsGroupKindNamePermitted): nothing cluster-wide but what is listed, all else but what is
 * barred. Only lists of cluster-wide kinds may give names.
 */
export function permitsObject(project: Placed, { group, kind, name }: ObjectName, isNamespaced: boolean): boolean {
  const spec = recordOf(project.value['spec']);
  const scope = isNamespaced ? 'namespace' : 'cluster';
  const has = (list: unknown) =>
    entriesOf(list).some(
      ({ value }) =>
        matchesGlob(String(value['kind'] ?? ''), kind) &&
        matchesGlob(String(value['group'] ?? ''), group) &&
        (isNamespaced || !value['name'] || matchesGlob(String(value['name']), name)),
    );
  const allowed = spec[`${scope}ResourceWhitelist`];
  const isAllowed = isNamespaced && !Array.isArray(allowed) ? true : has(allowed);
  return isAllowed && !has(spec[`${scope}ResourceBlacklist`]);
}

/** `*` and `?`; `*` stays before a separator, `**` does not. Classes and choices are not looked into: they are taken to match. */
function matchesGlob(pattern: string, text: string, separator = ''): boolean {
  if (/[[{\\]/.test(pattern)) return true;
  const source = pattern
    .split(/(\*+|\?)/)
    .map((part) => {
      if (part === '?') return '.';
      if (!part.startsWith('*')) return part.replaceAll(/[.+^$()|\]}/-]/g, '\\$&');
      return separator === '' || part.length > 1 ? '.*' : `[^${separator}]*`;
    })
    .join('');
  return new RegExp(`^${source}$`, 's').test(text);
}
