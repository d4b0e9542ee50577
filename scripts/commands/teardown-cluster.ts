import { createInterface } from 'node:readline/promises';
import { RESOURCES_FINALIZER } from '../argo/expand-set.ts';
import { loadRecords } from '../records/load-records.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { waitFor } from '../system/wait-for.ts';
import { type CustomObjects, liveApplications } from './live-applications.ts';

export interface TeardownOptions {
  context: string;
  kubeconfig?: string;
  confirm?: string;
  workloads?: boolean;
}

export interface LiveApplication {
  metadata: {
    name: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/** The Applications of the management cluster. */
export interface Applications {
  list(): Promise<LiveApplication[]>;
  setFinalizers(name: string, finalizers: readonly string[]): Promise<void>;
  remove(name: string): Promise<void>;
}

const WAVE = 'argocd.argoproj.io/sync-wave';
const CLUSTER_LABEL = 'ai-spm.io/cluster';

/** Second of the two steps that remove a cluster: its Applications, and with `workloads` all that they had deployed. */
export async function teardownCluster(root: string, name: string, options: TeardownOptions): Promise<number> {
  const { records } = loadRecords(openSourceTree(root));
  if (records.some(({ record }) => record.name === name)) {
    throw new UserError(`${name} still has a record`, {
      why: 'Argo CD would make its Applications anew',
      fix: `npm run cluster -- remove ${name} --confirm ${name}, then commit and merge that`,
    });
  }
  const confirm = options.confirm ?? (await ask(name, options.workloads === true));
  if (confirm !== name) {
    throw new UserError(`\`${confirm}\` is not the name of the cluster that is to be torn down`, {
      fix: `to tear ${name} down, give --confirm ${name}`,
    });
  }
  const { connect, checkReachable } = require('../verify/connection.ts') as typeof import('../verify/connection.ts');
  const connection = connect(options.context, options.kubeconfig);
  await checkReachable(connection);
  const applications = liveApplications(connection.custom as unknown as CustomObjects);
  const removed = await removeApplications(applications, name, options.workloads === true, (line) =>
    process.stdout.write(`${line}\n`),
  );
  if (removed === 0) process.stdout.write(`context ${options.context} has no Application of ${name}\n`);
  return 0;
}

/**
 * The one that brings the others goes first, else it makes them anew; then the others, the last wave first: what needs something goes
 * before it.
 * @returns how many went
 */
export async function removeApplications(
  applications: Applications,
  cluster: string,
  workloads: boolean,
  tell: (line: string) => void,
): Promise<number> {
  const all = await applications.list();
  const parent = all.filter(({ metadata }) => metadata.name === cluster);
  const children = all.filter(
    ({ metadata }) => metadata.labels?.[CLUSTER_LABEL] === cluster && metadata.name !== cluster,
  );
  for (const { metadata } of parent) await remove(metadata.name);
  const waves = [...new Set(children.map(waveOf))].sort((a, b) => b - a);
  for (const wave of waves) {
    const names: string[] = [];
    for (const one of children.filter((child) => waveOf(child) === wave)) {
      // Kept or not is said here, whatever the Application was made with.
      await applications.setFinalizers(one.metadata.name, workloads ? [RESOURCES_FINALIZER] : []);
      await remove(one.metadata.name);
      names.push(one.metadata.name);
    }
    await gone(names);
  }
  return parent.length + children.length;

  async function remove(name: string): Promise<void> {
    await applications.remove(name);
    tell(`- Application ${name}`);
  }

  async function gone(names: readonly string[]): Promise<void> {
    await waitFor(
      async () => {
        const left = (await applications.list())
          .map(({ metadata }) => metadata.name)
          .filter((name) => names.includes(name));
        if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
        return true;
      },
      {
        what: `the end of ${names.join(', ')}`,
        timeoutMs: 10 * 60_000,
        fix: 'kubectl describe application NAME --namespace argocd says what is left; the command can be run again',
      },
    );
  }
}

function waveOf({ metadata }: LiveApplication): number {
  return Number.parseInt(metadata.annotations?.[WAVE] ?? '0', 10) || 0;
}

async function ask(name: string, workloads: boolean): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError('nobody is there to be asked', { fix: `give --confirm ${name}` });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const what = workloads
    ? 'All that Argo CD deployed, its data included, and the Applications of'
    : 'The Applications of';
  const answer = await terminal.question(`${what} ${name} will be deleted. Its name, to go on: `);
  terminal.close();
  return answer.trim();
}
