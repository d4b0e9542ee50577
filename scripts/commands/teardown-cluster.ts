import { createInterface } from 'node:readline/promises';
import { shellWord } from '../system/shell-word.ts';
import { UserError } from '../system/user-error.ts';
import { demandGoneFromGit } from './gone-from-git.ts';
import { type CustomObjects, liveApplications } from './live-applications.ts';
import { removeApplications } from './remove-applications.ts';

export interface TeardownOptions {
  context: string;
  kubeconfig?: string;
  confirm?: string;
  workloads?: boolean;
}

/** Second of the two steps that remove a cluster: its Applications, and with `workloads` all that they had deployed. */
export async function teardownCluster(root: string, name: string, options: TeardownOptions): Promise<number> {
  const { context, kubeconfig, workloads = false } = options;
  await demandGoneFromGit(root, name);
  const confirm = options.confirm ?? (await ask(name, workloads));
  if (confirm !== name) {
    throw new UserError(`\`${confirm}\` is not the name of the cluster that is to be torn down`, {
      fix: `to tear ${name} down, give --confirm ${shellWord(name)}`,
    });
  }
  const { connect, checkReachable } = require('../verify/connection.ts') as typeof import('../verify/connection.ts');
  const connection = connect(context, kubeconfig);
  await checkReachable(connection);
  const applications = liveApplications(connection.custom as unknown as CustomObjects, context);
  const tell = (line: string) => void process.stdout.write(`${line}\n`);
  const removed = await removeApplications(applications, { cluster: name, workloads, tell });
  if (removed === 0) tell(`context ${context} has no Application of ${name}`);
  return 0;
}

async function ask(name: string, workloads: boolean): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UserError('nobody is there to be asked', { fix: `give --confirm ${shellWord(name)}` });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const what = workloads
    ? 'All that Argo CD deployed, its data included, and the Applications of'
    : 'The Applications of';
  const answer = await terminal.question(`${what} ${name} will be deleted. Its name, to go on: `);
  terminal.close();
  return answer.trim();
}
