import { waitFor } from '../system/wait-for.ts';
import { readApplications } from '../verify/check-applications.ts';
import { type Connection, connect } from '../verify/connection.ts';
import { unreadyPods } from '../verify/unready-pods.ts';
import { KUBECONFIG, type LabCluster } from './layout.ts';
import { progress } from './progress.ts';

/**
 * Until all that git says runs: every application is synced and healthy, by a judgement of Argo CD that is newer than `since`, and every
 * pod is ready. In that order: pods that are made anew make an application unhealthy again.
 */
export async function waitUntilReady(clusters: readonly LabCluster[], since: Date): Promise<void> {
  const connections = clusters.map(({ name }) => connect(name, KUBECONFIG));
  const [management] = connections;
  if (!management) throw new Error('a lab has at least one cluster');
  const expected = ['root', ...clusters.map(({ name }) => name)];
  const tell = tellChanges();
  const ready = async () => {
    const { waiting, all } = await unfinishedApplications(management, expected, since);
    tell(`${all - waiting.length} of ${all} applications are synced and healthy`);
    const pods = (await Promise.all(connections.map(unreadyIn))).flat();
    if (waiting.length === 0 && pods.length > 0) tell(`${pods.length} pods are not ready`);
    const missing = [...waiting, ...pods];
    if (missing.length > 0) throw new Error(missing.join('\n'));
    return true;
  };
  await waitFor(ready, {
    what: 'a state in which every application is synced and healthy, and every pod ready',
    timeoutMs: 15 * 60_000,
    everyMs: 1000,
    fix: 'kubectl describe applications --namespace argocd says what each waits for',
  });
}

async function unfinishedApplications(management: Connection, expected: readonly string[], since: Date) {
  const applications = (await readApplications(management)) ?? [];
  const names = new Set(applications.map(({ name }) => name));
  const absent = expected.filter((name) => !names.has(name)).map((name) => `${name}: not there yet`);
  // Kubernetes writes times without fractions of a second.
  const begun = Math.floor(since.getTime() / 1000) * 1000;
  const unfinished = applications.filter(
    ({ sync, health, judged }) => sync !== 'Synced' || health !== 'Healthy' || !(Date.parse(judged) >= begun),
  );
  const lines = unfinished.map(({ name, sync, health, judged }) => `${name}: ${sync}, ${health}, judged ${judged}`);
  return { waiting: [...absent, ...lines], all: applications.length + absent.length };
}

async function unreadyIn(connection: Connection): Promise<string[]> {
  return (await unreadyPods(connection)).map((pod) => `${connection.context}: pod ${pod} is not ready`);
}

function tellChanges(): (line: string) => void {
  let told = '';
  return (line) => {
    if (line !== told) progress(line);
    told = line;
  };
}
