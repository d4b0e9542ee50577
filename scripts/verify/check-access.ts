import type { AccessEdge } from '../access/access-file.ts';
import type { SourcePosition } from '../findings/finding.ts';
import { edgeRefused, undeclaredPassed } from './codes.ts';
import type { Connection } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';
import { planProbes } from './probe-plan.ts';
import { withProbePods } from './probe-pods.ts';
import { type ProbeResult, sendProbes } from './send-probes.ts';

export interface AccessFacts {
  /** Requests that had to pass, and that had to be refused. */
  declared: number;
  undeclared: number;
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
  const host = await publicHost(connection);
  // What comes through the public gateway is sent from outside.
  const senderOf = (from: string) => (from === 'ingress' ? 'outside' : from);
  const senders = [...new Set(probes.map(({ from }) => senderOf(from)))];
  const results = await withProbePods(connection, senders, image, async (pods) => {
    const sent = [...pods].map(([sender, pod]) => {
      return sendProbes(
        connection,
        pod,
        probes.filter(({ from }) => senderOf(from) === sender),
        host,
      );
    });
    return (await Promise.all(sent)).flat();
  });
  const wrong = results.filter(({ probe, passed }) => passed !== (probe.edge !== undefined));
  const problems = wrong.map((result) => {
    const { edge } = result.probe;
    return edge === undefined
      ? { code: undeclaredPassed, message: `${line(result)}, and no edge declares it` }
      : { code: edgeRefused, source: sourceOf(edge), message: line(result) };
  });
  const declared = probes.filter(({ edge }) => edge !== undefined).length;
  return { problems, facts: { declared, undeclared: probes.length - declared } };
}

function line({ probe: { from, to, port, http }, seen }: ProbeResult): string {
  return `\`${from}\` -> \`${to}\` port ${port}${http ? ` ${http.method} ${http.path}` : ''}: ${seen}`;
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
