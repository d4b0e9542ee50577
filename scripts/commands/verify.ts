import { version } from '../../package.json';
import { mergeFindings } from '../check/to-finding.ts';
import { allCodes } from '../rules/registry.ts';
import { log } from '../system/log.ts';
import { checkAccess } from '../verify/check-access.ts';
import { checkApplications } from '../verify/check-applications.ts';
import { checkProxies } from '../verify/check-proxies.ts';
import { liveCodes } from '../verify/codes.ts';
import { checkReachable, connect } from '../verify/connection.ts';
import { declaredAccess } from '../verify/declared-access.ts';
import { liveFinding } from '../verify/live-problem.ts';
import { deliver } from './deliver.ts';
import type { OutputOptions } from './output-options.ts';

export interface VerifyOptions extends OutputOptions {
  context: string[];
  kubeconfig?: string;
  probe?: boolean;
  probeImage: string;
}

/** Checks on live clusters what git promises. Only reads, unless real requests are asked for. */
export async function verify(root: string, options: VerifyOptions): Promise<number> {
  const start = performance.now();
  const findings = [];
  const targets = [];
  const access = declaredAccess(root);
  for (const context of options.context) {
    const connection = connect(context, options.kubeconfig);
    await checkReachable(connection);
    const begun = performance.now();
    const applications = await checkApplications(connection);
    const proxies = await checkProxies(connection);
    const { applications: count, revisions } = applications.facts;
    if (count !== undefined)
      log(`${context}: ${count} Argo CD applications, at ${revisions.map((one) => one.slice(0, 8)).join(', ')}`);
    const { facts } = proxies;
    log(
      `${context}: ${facts.proxies} proxies in ${facts.pods} pods; certificates end ${facts.firstLeafEnd}, issuers ${facts.firstIssuerEnd}`,
    );
    const problems = [...applications.problems, ...proxies.problems];
    if (options.probe) {
      const probed = await checkAccess(connection, access, options.probeImage);
      log(
        `${context}: sent ${probed.facts.declared} declared requests and ${probed.facts.undeclared} that must be refused`,
      );
      problems.push(...probed.problems);
    }
    findings.push(...problems.map((problem) => liveFinding(problem, context)));
    targets.push({ name: context, objects: facts.pods, cached: false, seconds: (performance.now() - begun) / 1000 });
  }
  const merged = mergeFindings(findings);
  const errors = merged.filter(({ severity }) => severity === 'error').length;
  const seconds = (performance.now() - start) / 1000;
  const objects = targets.reduce((sum, target) => sum + target.objects, 0);
  const summary = { targets: targets.length, objects, errors, warnings: merged.length - errors, seconds };
  return deliver(
    { findings: merged, codes: [...allCodes, ...liveCodes], targets, objects: [], summary, tool: { version } },
    root,
    options,
  );
}
