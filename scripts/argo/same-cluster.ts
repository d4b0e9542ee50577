import { textOf } from '../resources/fields.ts';
import { type DeliveredApplication, type Delivery, destinationOf } from './delivery.ts';
import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER } from './generators/clusters.ts';
import { clearText, normalizedServer } from './registration.ts';

/** What stands for the cluster of a destination. Two may be one cluster where `keys` of the one has something that `asks` of the other has. */
export interface ClusterKeys {
  keys: readonly string[];
  asks: readonly string[];
}

/**
 * Destinations name a cluster by its name or by its server. Both of one registration are one cluster; a name whose server is not known may
 * be any server that nobody has named.
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
export function clusterKeys({
  registrations,
  facts = new Map(),
}: Delivery): (one: DeliveredApplication) => ClusterKeys {
  const servers = new Map<string, string>();
  for (const [name, record] of facts) {
    const server = textOf(record['apiServer']);
    if (server) servers.set(name, normalizedServer(server));
  }
  for (const one of registrations) {
    const [name, server] = [clearText(one, 'name'), clearText(one, 'server')];
    if (name && server) servers.set(name, normalizedServer(server));
  }
  servers.set(IN_CLUSTER_NAME, IN_CLUSTER_SERVER);
  const known = new Set(servers.values());
  return (one) => {
    const { name, server: written } = destinationOf(one);
    const server = name ? servers.get(name) : normalizedServer(written);
    if (server === undefined) return { keys: [`name ${name}`, 'a name'], asks: [`name ${name}`, 'a server'] };
    if (known.has(server)) return { keys: [server], asks: [server] };
    return { keys: [server, 'a server'], asks: [server, 'a name'] };
  };
}
