import { hostname } from 'node:os';
import type { V1Pod } from '@kubernetes/client-node';
import { INTRUDER, isWorkload } from './probe-plan.ts';

/** Namespace of the pods that are nobody's; made and removed by the probes. */
export const OUTSIDE_NAMESPACE = 'ai-spm-verify';
export const WORKLOADS = 'ai-spm';
/** On everything that the probes make. */
export const LABEL = 'ai-spm.io/verify';
/** Who made the pod, as `HOST/PROCESS`. */
export const OWNER = 'ai-spm.io/verify-owner';
export const OWN_NAME = `${hostname()}/${process.pid}`;
export const CONTAINER = 'probe';

/** Namespace of a caller: `namespace/account` says it, and all workloads share one. */
export function namespaceOf(caller: string): string {
  if (isWorkload(caller)) return WORKLOADS;
  if (caller === 'prometheus') return 'istio-system';
  const [namespace, account] = caller.split('/');
  return namespace && account ? namespace : OUTSIDE_NAMESPACE;
}

/** A pod with the identity of the caller. It never becomes ready, and ends by itself when nobody is left to remove it. */
export function probePod(caller: string, image: string, command: readonly string[], maxSeconds: number): V1Pod {
  const account = isWorkload(caller) ? caller : caller.split('/')[1];
  return {
    metadata: {
      generateName: `verify-${caller.replace('/', '-')}-`,
      labels: { [LABEL]: 'true', ...labelsOf(caller) },
      annotations: { 'sidecar.istio.io/nativeSidecar': 'true', [OWNER]: OWN_NAME },
    },
    spec: {
      ...(account ? { serviceAccountName: account } : {}),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      activeDeadlineSeconds: maxSeconds,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: CONTAINER,
          image,
          command: [...command],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          readinessProbe: { exec: { command: ['false'] }, periodSeconds: 600 },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

/** By which NetworkPolicies know the caller. The namespace of the workloads says that they are injected; elsewhere the pod does. */
function labelsOf(caller: string): Record<string, string> {
  if (isWorkload(caller)) return { 'app.kubernetes.io/part-of': 'ai-spm', 'app.kubernetes.io/name': caller };
  const inMesh = caller === INTRUDER || caller.includes('/');
  return {
    ...(caller === 'prometheus' ? { 'app.kubernetes.io/name': caller } : {}),
    'sidecar.istio.io/inject': String(inMesh),
  };
}
