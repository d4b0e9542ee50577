import { version } from '../../package.json';
import { allCodes } from '../rules/registry.ts';
import { log } from '../system/log.ts';
import { notLookedAt } from '../verify/codes/pod-codes.ts';
import { liveCodes } from '../verify/codes.ts';
import { connect } from '../verify/connection.ts';
import { liveFinding } from '../verify/live-problem.ts';
import { readPromises } from '../verify/promises.ts';
import { verifyCluster } from '../verify/verify-cluster.ts';
import { deliver } from './deliver.ts';
import type { OutputOptions } from './output-options.ts';

export interface VerifyOptions extends OutputOptions {
  context: string[];
  kubeconfig?: string;
  probe?: boolean;
  probeImage: string;
}

/**
 * Checks on live clusters what git promises. Only reads, unless real requests are asked for.
 * @returns 2 where something could not be looked at, whatever else was found
 */
export async function verify(root: string, options: VerifyOptions): Promise<0 | 1 | 2> {
  const start = performance.now();
  const secondsSince = (begun: number) => (performance.now() - begun) / 1000;
  const connections = [...new Set(options.context)].map((context) => connect(context, options.kubeconfig));
  const promises = readPromises(root);
  const probeImage = options.probe ? options.probeImage : undefined;
  const states = await Promise.all(
    connections.map(async (connection) => {
      const begun = performance.now();
      const { context } = connection;
      const tell = (line: string) => log(`${context}: ${line}`);
      const state = await verifyCluster(connection, promises, { probeImage, tell });
      return { ...state, context, seconds: secondsSince(begun) };
    }),
  );
  const findings = states.flatMap(({ context, problems }) => problems.map((problem) => liveFinding(problem, context)));
  const targets = states.map(({ context, pods, seconds }) => ({
    name: context,
    objects: pods,
    cached: false,
    seconds,
  }));
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const summary = {
    targets: targets.length,
    objects: targets.reduce((sum, { objects }) => sum + objects, 0),
    errors,
    warnings: findings.length - errors,
    seconds: secondsSince(start),
  };
  const codes = [...allCodes, ...liveCodes];
  const proxies = states.flatMap(({ context, proxies }) => proxies.map((proxy) => ({ target: context, ...proxy })));
  const report = { findings, codes, targets, objects: [], summary, seen: { proxies }, tool: { version } };
  const code = deliver(report, root, options);
  return findings.some((finding) => finding.code === notLookedAt.code) ? 2 : code;
}
