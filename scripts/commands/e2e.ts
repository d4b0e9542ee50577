import { join, resolve } from 'node:path';
import { announce } from '../e2e/announce.ts';
import { mergeAndSync, seconds } from '../e2e/argo.ts';
import { type SuiteResult, type SuiteRun, type Surroundings, surroundings } from '../e2e/report.ts';
import type { Suite, World } from '../e2e/suite.ts';
import { suites } from '../e2e/suite-list.ts';
import { openGit } from '../git/git.ts';
import { CHECKOUT, commitAndPush, demandIsMain } from '../lab/checkout.ts';
import { endProgram } from '../lab/end-program.ts';
import { runningHost } from '../lab/host.ts';
import { CLUSTERS, KUBECONFIG } from '../lab/layout.ts';
import { withLabLock } from '../lab/lock.ts';
import { recorded } from '../lab/made-of.ts';
import { keepMeshRoot, meshRoot } from '../lab/secrets.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { withLock } from '../system/lock.ts';
import { log } from '../system/log.ts';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
import { type Connection, checkReachable, connect } from '../verify/connection.ts';
import { declaredAccess } from '../verify/declared-access.ts';

export interface E2eOptions {
  all?: boolean;
  only?: string[];
  context?: string;
  kubeconfig?: string;
  checkout?: string;
  probeImage: string;
  /** How often each suite runs, for figures that can be relied on. */
  runs: string;
}

/** Shows the promises on running clusters, by default those of the lab; figures go to report/e2e.json. */
export async function e2e(root: string, options: E2eOptions): Promise<number> {
  const chosen = suites.filter(({ name, core }) => (options.only ? options.only.includes(name) : core || options.all));
  const unknown = options.only?.filter((name) => !suites.some((suite) => suite.name === name)) ?? [];
  if (unknown.length > 0) {
    const fix = `suites are ${suites.map(({ name }) => name).join(', ')}`;
    throw new UserError(`no suite is called ${unknown.join(', ')}`, { fix });
  }
  const times = Number(options.runs);
  if (!Number.isInteger(times) || times < 1) {
    throw new UserError(`--runs ${options.runs} is not possible`, { fix: 'give a whole number from 1 on' });
  }
  const { context } = options;
  const checkout = options.checkout && resolve(callerFolder(), options.checkout);
  if (!context && (checkout || options.kubeconfig)) {
    const given = [...(checkout ? ['--checkout'] : []), ...(options.kubeconfig ? ['--kubeconfig'] : [])].join(' and ');
    throw new UserError(`${given} without --context`, {
      why: 'without a context the suites run on the clusters of the lab, with their own checkout and kubeconfig',
      fix: 'give the context of your cluster as well, or none of them for the lab',
    });
  }
  if (!context) return withLabLock(async () => runSuites(root, chosen, times, await labWorld(options)));
  if (!checkout) {
    throw new UserError('--context needs --checkout', { fix: 'give a clone of the repository that Argo CD follows' });
  }
  const notHere = chosen.filter(({ labOnly }) => labOnly).map(({ name }) => name);
  if (options.only && notHere.length > 0) {
    throw new UserError(`only the lab may run ${notHere.join(', ')}`, {
      why: 'they delete data, replace secrets by some of their own, or need what a cluster of yours does not give',
      fix: 'leave them out, or run them in the lab: npm run lab -- up',
    });
  }
  if (notHere.length > 0) log(`left out, since only the lab may run them: ${notHere.join(', ')}`);
  const harmless = chosen.filter(({ labOnly }) => !labOnly);
  const lock = {
    file: join((await openGit(checkout)).gitFolder, 'ai-spm-e2e.lock'),
    busy: 'another command runs suites with this checkout',
    why: 'each would take what the other one changes for its own',
  };
  return withLock(lock, async () => runSuites(root, harmless, times, await ownWorld(options, context, checkout)));
}

async function runSuites(root: string, chosen: readonly Suite[], times: number, world: World): Promise<number> {
  for (const cluster of world.clusters) await checkReachable(cluster);
  await mergeAndSync(world, 'e2e: start');
  const around = await surroundings(world.cluster);
  const results: SuiteResult[] = [];
  for (const suite of chosen) {
    const result: SuiteResult = { suite: suite.name, title: suite.title, runs: [] };
    results.push(result);
    for (let run = 0; run < times; run++) {
      log(`${suite.name} begins${times > 1 ? `, run ${run + 1} of ${times}` : ''}`);
      const measured = await runSuite(suite, world);
      result.runs.push(measured);
      print(suite, measured);
      // What a long run has found so far is not lost with it.
      writeReport(root, { ...around, results });
    }
  }
  const failed = results.filter(({ runs }) => runs.some(({ problems }) => problems.length > 0)).length;
  process.stdout.write(`${results.length - failed} suites passed, ${failed} failed\n`);
  return failed > 0 ? 1 : 0;
}

async function runSuite(suite: Suite, world: World): Promise<SuiteRun> {
  const start = performance.now();
  const { figures, problems } = await suite
    .run(world)
    .catch((error: Error) => ({ figures: [], problems: [explain(error)] }));
  return { seconds: seconds(start), figures, problems };
}

function explain(error: Error): string {
  const why = error instanceof UserError ? error.details.why : undefined;
  return why ? `${error.message}: ${why}` : error.message;
}

function writeReport(root: string, report: Surroundings & { results: SuiteResult[] }): void {
  makeFolder(join(root, 'report'));
  writeFileAtomic(join(root, 'report/e2e.json'), `${JSON.stringify(report, null, 2)}\n`);
}

async function ownWorld({ kubeconfig, probeImage }: E2eOptions, context: string, checkout: string): Promise<World> {
  const cluster = connect(context, kubeconfig);
  await demandIsMain(checkout);
  const push = (message: string) => pushTo(cluster, message, checkout);
  return { cluster, clusters: [cluster], access: declaredAccess(checkout), probeImage, checkout, push };
}

async function labWorld({ probeImage }: E2eOptions): Promise<World> {
  const made = recorded()?.clusters ?? [];
  const [first, ...others] = CLUSTERS.filter(({ name }) => made.includes(name));
  const host = first ? runningHost(first) : undefined;
  if (!first || !host || !others.every(runningHost)) {
    const what = host ? 'a cluster of the lab has ended' : 'the lab does not run';
    throw new UserError(what, { fix: 'npm run lab -- up, or give --context and --checkout' });
  }
  const [cluster, ...rest] = [first, ...others].map(({ name }) => connect(name, KUBECONFIG));
  if (!cluster) throw new Error('a lab has at least one cluster');
  await demandIsMain(CHECKOUT);
  return {
    cluster,
    clusters: [cluster, ...rest],
    access: declaredAccess(CHECKOUT),
    probeImage,
    checkout: CHECKOUT,
    push: (message) => pushTo(cluster, message, CHECKOUT),
    endProgram: (name) => endProgram(host, name),
    meshRoot: { read: () => meshRoot(new Date()), keep: keepMeshRoot },
  };
}

async function pushTo(cluster: Connection, message: string, checkout: string): Promise<string> {
  const revision = await commitAndPush(message, checkout);
  await announce(cluster);
  return revision;
}

function print({ name, title }: Suite, { seconds, figures, problems }: SuiteRun): void {
  process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${title} (${seconds} s)\n`);
  for (const { name, value, unit } of figures) process.stdout.write(`       ${name}: ${value} ${unit}\n`);
  for (const problem of problems) log(`       ${problem.replaceAll('\n', '\n       ')}`);
}
