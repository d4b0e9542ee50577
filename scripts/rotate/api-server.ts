import type { ClusterRecord } from '../records/cluster-record.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { parseYaml, positionAt } from '../yaml/yaml-file.ts';

/**
 * Address at which others reach the API server of a cluster.
 * @throws UserError with the place in the record, where it does not say
 */
export function apiServerOf(tree: SourceTree, { name, apiServer }: ClusterRecord): string {
  if (apiServer) return apiServer;
  const path = `clusters/${name}/cluster.yaml`;
  const file = parseYaml(path, tree.read(path) ?? '');
  const at = locate(file.documents[0]?.contents ?? null, ['name']);
  throw new UserError(`the record of ${name} does not say where its API server is`, {
    source: positionAt(file, at ? rangeOf(at) : [0, 0]),
    why: 'others reach the cluster there: the istiod of each other member of the federation, and Argo CD',
    fix: `add to ${path}: apiServer: https://ADDRESS-OF-THE-API-SERVER`,
  });
}
