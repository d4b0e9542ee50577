import type { V1Pod } from '@kubernetes/client-node';
import { egressOpen, plaintextAccepted, policyNotAttached } from './codes/enforcement-codes.ts';
import type { Connection } from './connection.ts';
import { readEnforcement } from './enforcement.ts';
import { ENVOY_ADMIN } from './get-in-pod.ts';
import { hasReadyProxy } from './kept-pods.ts';
import type { LiveProblem } from './live-problem.ts';
import { askPods } from './look.ts';
import type { PromisedPolicy } from './promises.ts';

const NAMESPACE = 'ai-spm';
const LISTENERS = '/config_dump?resource=dynamic_listeners&name_regex=virtual(Inbound|Outbound)';

export interface EnforcementFacts {
  /** Ports of all pods that refuse plaintext. */
  ports: number;
  /** Policies of the namespace that the proxies of all their pods have. */
  policies: number;
}

interface AuthorizationPolicy {
  metadata: { name: string };
  spec?: { selector?: { matchLabels?: Record<string, string> } };
}

/** What the proxies of the workloads really enforce, read from Envoy: mTLS on each port, every policy, no way out to unknown hosts. */
export async function checkEnforcement(
  { core, custom, get }: Connection,
  promised: readonly PromisedPolicy[],
): Promise<{ problems: LiveProblem[]; facts: EnforcementFacts }> {
  const policies = (await custom.listNamespacedCustomObject({
    group: 'security.istio.io',
    version: 'v1',
    plural: 'authorizationpolicies',
    namespace: NAMESPACE,
  })) as { items: AuthorizationPolicy[] };
  const { items } = await core.listNamespacedPod({ namespace: NAMESPACE, fieldSelector: 'status.phase=Running' });
  const { answers, problems } = await askPods(core, items.filter(hasReadyProxy), async (place) => {
    return readEnforcement(await get({ ...place, port: ENVOY_ADMIN }, LISTENERS));
  });
  const names = new Set(policies.items.map(({ metadata }) => metadata.name));
  for (const { name, source } of promised.filter((policy) => !names.has(policy.name))) {
    const message = `namespace ${NAMESPACE} has no AuthorizationPolicy ${name}, and git has`;
    const fix = 'Is the Argo CD application of the workloads synced, and from this revision?';
    problems.push({ code: policyNotAttached, source, message, fix });
  }
  const attached = new Set<string>();
  let ports = 0;
  for (const { pod, answer: enforcement } of answers) {
    const name = pod.metadata?.name ?? '';
    const object = { kind: 'Pod', namespace: NAMESPACE, name };
    const open = enforcement.inbound.filter(({ acceptsPlaintext }) => acceptsPlaintext);
    ports += enforcement.inbound.length - open.length;
    for (const { port } of open) {
      const where = port === 'others' ? 'its ports without a Service' : `port ${port}`;
      problems.push({
        code: plaintextAccepted,
        object,
        message: `pod ${NAMESPACE}/${name} takes plaintext on ${where}`,
      });
    }
    if (enforcement.letsUnknownHostsOut) {
      problems.push({
        code: egressOpen,
        object,
        message: `pod ${NAMESPACE}/${name} may call hosts that nobody declares`,
      });
    }
    const has = new Set(enforcement.inbound.flatMap((port) => port.policies));
    for (const policy of policies.items.filter((one) => selects(one, pod))) {
      const { name: policyName } = policy.metadata;
      if (has.has(`${NAMESPACE}/${policyName}`)) attached.add(policyName);
      else {
        const message = `pod ${NAMESPACE}/${name} does not enforce AuthorizationPolicy ${policyName}`;
        problems.push({ code: policyNotAttached, object, message });
      }
    }
  }
  return { problems, facts: { ports, policies: attached.size } };
}

function selects({ spec }: AuthorizationPolicy, { metadata }: V1Pod): boolean {
  return Object.entries(spec?.selector?.matchLabels ?? {}).every(([key, value]) => metadata?.labels?.[key] === value);
}
