import { join } from 'node:path';
import { seconds, waitForSync } from '../e2e/argo.ts';
import type { Figure, World } from '../e2e/suite.ts';
import { suites } from '../e2e/suite-list.ts';
import { endProgram, runningHost } from '../lab/host.ts';
import { CLUSTERS, KUBECONFIG } from '../lab/layout.ts';
import { CHECKOUT, commitAndPush } from '../lab/repository.ts';
import { log } from '../system/log.ts';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { checkReachable, connect } from '../verify/connection.ts';
import { declaredAccess } from '../verify/declared-access.ts';

export interface E2eOptions {
  all?: boolean;
  only?: string[];
  context?: string;
  kubeconfig?: string;
  checkout?: string;
  probeImage: string;
}

interface Result {
  suite: string;
  title: string;
  seconds: number;
  figures: Figure[];
  problems: string[];
}

/** Shows the promises on running clusters, by default those of the lab; figures go to report/e2e.json. */
export async function e2e(root: string, options: E2eOptions): Promise<number> {
  const chosen = suites.filter(({ name, core }) => (options.only ? options.only.includes(name) : core || options.all));
  const unknown = options.only?.filter((name) => !suites.some((suite) => suite.name === name)) ?? [];
  if (unknown.length > 0) {
    const fix = `suites are ${suites.map(({ name }) => name).join(', ')}`;
    throw new UserError(`no suite is called ${unknown.join(', ')}`, { fix });
  }
  const world = openWorld(root, options);
  await checkReachable(world.cluster);
  await waitForSync(world, await world.push('e2e: start'));
  const results: Result[] = [];
  for (const suite of chosen) {
    const start = performance.now();
    const { figures, problems } = await suite
      .run(world)
      .catch((error: Error) => ({ figures: [], problems: [error.message] }));
    results.push({ suite: suite.name, title: suite.title, seconds: seconds(start), figures, problems });
    print(results.at(-1));
  }
  makeFolder(join(root, 'report'));
  writeFileAtomic(
    join(root, 'report/e2e.json'),
    `${JSON.stringify({ date: new Date().toISOString(), results }, null, 2)}\n`,
  );
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  process.stdout.write(`${results.length - failed} suites passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

function openWorld(root: string, options: E2eOptions): World {
  const [first] = CLUSTERS;
  const access = declaredAccess(root);
  if (options.context) {
    if (!options.checkout)
      throw new UserError('--context needs --checkout', { fix: 'give a clone of the repository that Argo CD follows' });
    const { checkout } = options;
    const cluster = connect(options.context, options.kubeconfig);
    return {
      cluster,
      access,
      probeImage: options.probeImage,
      checkout,
      push: (message) => commitAndPush(message, checkout),
    };
  }
  const host = first ? runningHost(first) : undefined;
  if (!first || !host)
    throw new UserError('the lab does not run', { fix: 'npm run lab -- up, or give --context and --checkout' });
  return {
    cluster: connect(first.name, KUBECONFIG),
    access,
    probeImage: options.probeImage,
    checkout: CHECKOUT,
    push: (message) => commitAndPush(message),
    endProgram: (name) => endProgram(host, name),
  };
}

function print(result: Result | undefined): void {
  if (!result) return;
  const { suite, title, figures, problems } = result;
  process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${suite}: ${title} (${result.seconds} s)\n`);
  for (const { name, value, unit } of figures) process.stdout.write(`       ${name}: ${value} ${unit}\n`);
  for (const problem of problems) log(`       ${problem.replaceAll('\n', '\n       ')}`);
}
