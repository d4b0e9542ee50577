import type { AccessEdge } from '../access/access-file.ts';
import type { SourcePosition } from '../findings/finding.ts';
import { edgeRefused, networkPolicyNotEnforced, undeclaredPassed } from './codes/access-codes.ts';
import { notLookedAt } from './codes/pod-codes.ts';
import type { Connection } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';
import { unseen } from './look.ts';
import type { ProbeResult } from './probe-answer.ts';
import { describeProbe, INTRUDER, planProbes } from './probe-plan.ts';
import { withProbePods } from './probe-pods.ts';
import { sendProbes } from './send-probes.ts';

export interface AccessFacts {
  /** Requests that had to pass, and that the mesh had to refuse. */
  declared: number;
  undeclared: number;
  /** Of those that were refused: by the policies of the callee, and by the caller's own proxy. Of the others nobody says who did. */
  byCallee: number;
  byCaller: number;
}

export interface DeclaredAccess {
  edges: readonly AccessEdge[];
  sourceOf(edge: number): SourcePosition;
}

/** Sends every declared request and its neighbours that must be refused, from pods with the identity of each caller. */
export async function checkAccess(
  connection: Connection,
  { edges, sourceOf }: DeclaredAccess,
  image: string,
): Promise<{ problems: LiveProblem[]; facts: AccessFacts }> {
  const probes = planProbes(edges);
  const addresses = { publicHost: await publicHost(connection), pods: await podAddresses(connection) };
  // What comes through the public gateway is sent from outside.
  const senderOf = (from: string) => (from === 'ingress' ? 'outside' : from);
  const senders = [...new Set(probes.map(({ from }) => senderOf(from)))];
  const lost: LiveProblem[] = [];
  const results = await withProbePods(connection, senders, image, async (pods) => {
    const sent = [...pods].map(async ([sender, pod]) => {
      const own = probes.filter(({ from }) => senderOf(from) === sender);
      try {
        return await sendProbes(connection, pod, own, addresses);
      } catch (error) {
        lost.push(unseen(`the ${own.length} requests of ${sender}`, error));
        return [];
      }
    });
    return (await Promise.all(sent)).flat();
  });
  const problems = [...lost, ...results.flatMap((result) => problemOf(result, networkHolds(results), sourceOf))];
  const mesh = results.filter(({ probe }) => probe.edge === undefined && !probe.onPod);
  const refusals = (by: ProbeResult['refusedBy']) => mesh.filter(({ refusedBy }) => refusedBy === by).length;
  const facts = {
    declared: results.filter(({ probe }) => probe.edge !== undefined).length,
    undeclared: mesh.length,
    byCallee: refusals('callee'),
    byCaller: refusals('caller'),
  };
  return { problems: onePerCluster(problems), facts };
}

function problemOf(result: ProbeResult, isHeldByNetwork: boolean, sourceOf: DeclaredAccess['sourceOf']): LiveProblem[] {
  const { probe, outcome, refusedBy } = result;
  const message = `${describeProbe(probe)}: ${result.seen}`;
  if (outcome === 'unsent') return [{ code: notLookedAt, message }];
  if (probe.edge !== undefined) {
    return outcome === 'passed' ? [] : [{ code: edgeRefused, source: sourceOf(probe.edge), message }];
  }
  if (outcome === 'passed') {
    // The mesh does not guard that port.
    if (probe.onPod) return [{ code: networkPolicyNotEnforced, message }];
    return [{ code: undeclaredPassed, message: `${message}, and no edge declares it` }];
  }
  const isUnasked = probe.from === INTRUDER && probe.http && refusedBy !== 'callee' && !isHeldByNetwork;
  return isUnasked
    ? [{ code: notLookedAt, message: `${message}, so the policy of \`${probe.to}\` was not asked` }]
    : [];
}

/** Where NetworkPolicies are enforced, one without a right to a pod does not reach its proxy: the first fence hides the second. */
function networkHolds(results: readonly ProbeResult[]): boolean {
  const onPods = results.filter(({ probe }) => probe.onPod && probe.edge === undefined);
  return onPods.length > 0 && onPods.every(({ outcome }) => outcome === 'refused');
}

/** Whether NetworkPolicies are enforced is one fact of the cluster, whichever pod shows it. */
function onePerCluster(problems: readonly LiveProblem[]): LiveProblem[] {
  const first = problems.find(({ code }) => code === networkPolicyNotEnforced);
  return problems.filter((problem) => problem.code !== networkPolicyNotEnforced || problem === first);
}

/** One that is running, of each workload. */
async function podAddresses({ core }: Connection): Promise<Map<string, string>> {
  const { items } = await core.listNamespacedPod({ namespace: 'ai-spm', fieldSelector: 'status.phase=Running' });
  const kept = items.filter(({ metadata }) => metadata?.ownerReferences?.length && !metadata.deletionTimestamp);
  return new Map(
    kept.map(({ metadata, status }) => [metadata?.labels?.['app.kubernetes.io/name'] ?? '', status?.podIP ?? '']),
  );
}

/** Host name of the public gateway. */
export async function publicHost({ custom }: Connection): Promise<string> {
  const kind = { group: 'networking.istio.io', version: 'v1', plural: 'gateways' };
  const gateway = (await custom.getNamespacedCustomObject({
    ...kind,
    namespace: 'ai-spm',
    name: 'ai-spm-gateway',
  })) as {
    spec: { servers: { hosts: string[] }[] };
  };
  return gateway.spec.servers[0]?.hosts[0]?.replace('./', '') ?? '';
}
