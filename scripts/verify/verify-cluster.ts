import { checkAccess } from './check-access.ts';
import { checkApplications } from './check-applications.ts';
import { checkEnforcement } from './check-enforcement.ts';
import { checkGateway } from './check-gateway.ts';
import { checkPods } from './check-pods.ts';
import { checkProxies, type ProxyState } from './check-proxies.ts';
import { checkRemoteClusters } from './check-remote-clusters.ts';
import { checkSealedSecrets } from './check-sealed-secrets.ts';
import { type Connection, checkReachable, clusterNameOf } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';
import { unseen } from './look.ts';
import type { Promises } from './promises.ts';
import { requiredPods } from './required-pods.ts';

export interface ClusterState {
  problems: LiveProblem[];
  pods: number;
  proxies: readonly ProxyState[];
}

interface Options {
  /** Image of the pods that send real requests; nothing but reads where absent. */
  probeImage?: string | undefined;
  /** Takes a line about what was seen. */
  tell(line: string): void;
}

/** Checks one cluster. What cannot be looked at is a problem like the others, and keeps no other check from its work. */
export async function verifyCluster(
  connection: Connection,
  promises: Promises,
  { probeImage, tell }: Options,
): Promise<ClusterState> {
  const state: ClusterState = { problems: [], pods: 0, proxies: [] };
  const attempt = async <T>(what: string, look: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await look();
    } catch (error) {
      state.problems.push(unseen(what, error));
      return undefined;
    }
  };
  const check = async <T extends { problems: LiveProblem[] }>(what: string, look: () => Promise<T>) => {
    const result = await attempt(what, look);
    state.problems.push(...(result?.problems ?? []));
    return result;
  };

  const isReachable = await attempt('nothing of the cluster is known', async () => {
    await checkReachable(connection);
    return true;
  });
  if (!isReachable) return state;
  const promised = await attempt('what git has for the cluster', async () => {
    const name = await clusterNameOf(connection);
    if (!promises.hasRecord(name)) {
      tell(`git has no record of a cluster \`${name}\`: its secrets and peers are not compared`);
    }
    return promises.of(name);
  });
  const { peers, sealedSecrets } = promised ?? { peers: [], sealedSecrets: [] };

  const applications = await check('Argo CD', () => checkApplications(connection));
  if (applications) tell(applicationLine(applications.facts));
  const required = requiredPods(promises.access.edges, peers.length > 0);
  const pods = await check('the pods', () => checkPods(connection, required));
  if (pods) tell(`${pods.facts.ready} pods are ready`);
  const proxies = await check('the proxies', () => checkProxies(connection));
  if (proxies) {
    state.pods = proxies.facts.pods;
    state.proxies = proxies.facts.proxies;
    tell(proxyLine(proxies.facts));
  }
  const gateway = await check('the certificates of the public gateway', () => checkGateway(connection));
  if (gateway) tell(`the gateway serves ${gateway.facts.hosts.join(', ') || 'nobody'}`);
  const enforcement = await check('what the proxies enforce', () => checkEnforcement(connection, promises.policies));
  if (enforcement) {
    const { ports, policies } = enforcement.facts;
    tell(`${ports} ports refuse plaintext, ${policies} policies are enforced`);
  }
  await check('the remote clusters', () => checkRemoteClusters(connection, peers));
  const secrets = await check('the sealed secrets', () => checkSealedSecrets(connection, sealedSecrets));
  if (secrets) tell(`${peers.length} remote clusters, ${secrets.facts.sealedSecrets} sealed secrets`);
  if (probeImage) {
    const probed = await check('the access', () => checkAccess(connection, promises.access, probeImage));
    if (probed) {
      const { declared, undeclared, byCallee, byCaller } = probed.facts;
      const refused = `${byCallee} by the policy of the callee, ${byCaller} by the proxy of the caller`;
      tell(`sent ${declared} declared requests and ${undeclared} that must be refused: ${refused}`);
    }
  }
  return state;
}

function applicationLine({ applications, revisions }: { applications?: number; revisions: string[] }): string {
  if (applications === undefined) return 'no Argo CD is in this cluster';
  return `${applications} Argo CD applications, at ${revisions.map((one) => one.slice(0, 8)).join(', ') || 'no revision'}`;
}

function proxyLine({ pods, proxies }: { pods: number; proxies: readonly ProxyState[] }): string {
  const first = (ends: (string | undefined)[]) =>
    ends.filter((end) => end !== undefined).sort()[0] ?? 'at no known time';
  const own = first(proxies.map(({ certificates }) => certificates?.ends));
  const issuer = first(proxies.map(({ certificates }) => certificates?.issuerEnds));
  return `${proxies.length} proxies in ${pods} pods; certificates end ${own}, issuers ${issuer}`;
}
