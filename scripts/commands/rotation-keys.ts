import { sealingKeys } from '../rotate/facts/sealed.ts';
import { type KeyUse, keyUse } from '../rotate/key-use.ts';
import { withRevisions } from '../rotate/known-revisions.ts';
import { readApplications } from '../verify/check-applications.ts';
import { checkReachable, clusterNameOf, connect } from '../verify/connection.ts';
import { table } from './table.ts';

export interface ClusterKeyUse extends KeyUse {
  cluster: string;
}

/** What hangs on each key that the controllers of some clusters have, newest first. Only reads, and drops the keys themselves unread. */
export async function liveKeyUse(
  root: string,
  contexts: readonly string[],
  kubeconfig: string | undefined,
): Promise<ClusterKeyUse[]> {
  const live = contexts.map(async (context) => {
    const connection = connect(context, kubeconfig);
    await checkReachable(connection);
    const { kubectl } = connection;
    // Where that cannot be seen, it counts as there: a key that is needed must not go.
    const hasArgoCd = await readApplications(connection).then(
      (found) => found !== undefined,
      () => true,
    );
    return { kubectl, hasArgoCd, cluster: await clusterNameOf(connection), keys: await sealingKeys(connection) };
  });
  const clusters = await Promise.all(live);
  return withRevisions(root, (revisions) =>
    clusters.flatMap(({ kubectl, hasArgoCd, cluster, keys }) =>
      keyUse(keys, revisions, cluster, kubectl, hasArgoCd).map((use) => ({ cluster, ...use })),
    ),
  );
}

export function prettyKeyUse(keys: readonly ClusterKeyUse[]): string {
  const rows = keys.map(({ cluster, name, fingerprint, notBefore, files, remove }) => [
    cluster,
    name,
    fingerprint.slice(0, 12),
    notBefore.slice(0, 10),
    String(files.length),
    remove ? 'may go' : 'needed',
  ]);
  const commands = keys.flatMap(({ cluster, name, remove = [] }) =>
    remove.length > 0
      ? [`${cluster}: nothing hangs on ${name}. Where no older commit is to come back:`, ...remove]
      : [],
  );
  const lines = commands.map((line) => `${line}\n`).join('');
  return table([['CLUSTER', 'KEY IN THE CLUSTER', 'CERTIFICATE', 'SINCE', 'FILES', ''], ...rows]) + lines;
}
