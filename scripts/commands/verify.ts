import { version } from '../../package.json';
import { FEDERATION_OVERLAY } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import { allCodes } from '../rules/registry.ts';
import { log } from '../system/log.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { checkAccess } from '../verify/check-access.ts';
import { checkApplications } from '../verify/check-applications.ts';
import { checkEnforcement } from '../verify/check-enforcement.ts';
import { checkPods } from '../verify/check-pods.ts';
import { checkProxies } from '../verify/check-proxies.ts';
import { checkRemoteClusters } from '../verify/check-remote-clusters.ts';
import { checkSealedSecrets } from '../verify/check-sealed-secrets.ts';
import { liveCodes } from '../verify/codes.ts';
import { checkReachable, connect } from '../verify/connection.ts';
import { declaredAccess } from '../verify/declared-access.ts';
import { liveFinding } from '../verify/live-problem.ts';
import { workloadsOf } from '../verify/probe-plan.ts';
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
  const federation = loadRecords(openSourceTree(root))
    .records.map(({ record }) => record)
    .filter(({ overlay }) => overlay === FEDERATION_OVERLAY)
    .map(({ name }) => name);
  const peersOf = (name: string) => (federation.includes(name) ? federation.filter((other) => other !== name) : []);
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
    const enforcement = await checkEnforcement(connection);
    const { ports, policies } = enforcement.facts;
    log(`${context}: ${ports} ports refuse plaintext, ${policies} policies are enforced`);
    const pods = await checkPods(connection, workloadsOf(access.edges));
    log(`${context}: ${pods.facts.ready} pods are ready`);
    const remote = await checkRemoteClusters(connection, peersOf);
    const secrets = await checkSealedSecrets(connection);
    log(`${context}: ${remote.facts.remote} remote clusters, ${secrets.facts.sealedSecrets} sealed secrets`);
    const checks = [applications, pods, proxies, enforcement, remote, secrets];
    const problems = checks.flatMap((check) => check.problems);
    if (options.probe) {
      const probed = await checkAccess(connection, access, options.probeImage);
      const { declared, undeclared, byCallee, byCaller } = probed.facts;
      const refused = `${byCallee} by the policy of the callee, ${byCaller} by the proxy of the caller`;
      log(`${context}: sent ${declared} declared requests and ${undeclared} that must be refused: ${refused}`);
      problems.push(...probed.problems);
    }
    findings.push(...problems.map((problem) => liveFinding(problem, context)));
    targets.push({ name: context, objects: facts.pods, cached: false, seconds: (performance.now() - begun) / 1000 });
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const seconds = (performance.now() - start) / 1000;
  const objects = targets.reduce((sum, target) => sum + target.objects, 0);
  const summary = { targets: targets.length, objects, errors, warnings: findings.length - errors, seconds };
  return deliver(
    { findings: findings, codes: [...allCodes, ...liveCodes], targets, objects: [], summary, tool: { version } },
    root,
    options,
  );
}
