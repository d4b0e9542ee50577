import { entriesOf, existingPath, isPresent, quoted, recordOf, textsOf } from '../fields.ts';
import type { Workload } from '../workloads.ts';
import { BASELINE } from './baseline.ts';
import { allScopes, type Control, containerScopes, type Pod, podScope, type Violation } from './pod.ts';

export interface PodViolation extends Violation {
  control: string;
}

const RESTRICTED: readonly Control[] = [
  ['Volume Types', volumeTypes],
  ['Privilege Escalation', privilegeEscalation],
  ['Running as Non-root', nonRoot],
  ['Running as Non-root user', nonRootUser],
  ['Seccomp', seccomp],
  ['Capabilities', capabilities],
];

/**
 * Every control of the Pod Security Standards, level restricted (which includes baseline), as the admission plugin of
 * Kubernetes 1.34 evaluates them (k8s.io/pod-security-admission/policy). User namespaces relax nothing: that is a feature gate.
 * Paths of missing fields end at the deepest field that is there.
 */
export function restrictedViolations({
  object,
  template,
  containers,
}: Pick<Workload, 'object' | 'template' | 'containers'>): PodViolation[] {
  const isWindows = recordOf(template.spec['os'])['name'] === 'windows';
  const pod: Pod = { ...template, containers, isWindows };
  return [...BASELINE, ...RESTRICTED].flatMap(([control, check]) =>
    check(pod).map((violation) => ({ ...violation, control, path: existingPath(object.value, violation.path) })),
  );
}

const VOLUME_TYPES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

function volumeTypes({ spec, path }: Pod): Violation[] {
  return entriesOf(spec['volumes']).flatMap(({ value, index }) => {
    const sources = Object.keys(value).filter((field) => field !== 'name' && isPresent(value[field]));
    // Without any source the API server makes it an emptyDir.
    const [type] = sources;
    if (type === undefined || sources.some((source) => VOLUME_TYPES.includes(source))) return [];
    const message = `volume \`${String(value['name'])}\` is of type ${type}`;
    const fix =
      type === 'hostPath'
        ? 'Use a claim or an emptyDir: the files of the node are out of bounds.'
        : `Use a PersistentVolumeClaim instead of ${type}.`;
    return [{ path: [...path, 'spec', 'volumes', index, type], message, fix }];
  });
}

function privilegeEscalation(pod: Pod): Violation[] {
  if (pod.isWindows) return [];
  const scopes = containerScopes(pod).filter(({ context }) => context['allowPrivilegeEscalation'] !== false);
  return scopes.map(({ subject, path }) => {
    const fix = 'Set `securityContext.allowPrivilegeEscalation` to false.';
    return {
      path: [...path, 'allowPrivilegeEscalation'],
      message: `${subject} does not forbid privilege escalation`,
      fix,
    };
  });
}

function nonRoot(pod: Pod): Violation[] {
  return inherited(pod, {
    path: ['runAsNonRoot'],
    isAllowed: (value) => value === true,
    stated: (subject) => `${subject} may run as root: runAsNonRoot is false`,
    missing: (subjects) => `neither the pod nor ${subjects} sets runAsNonRoot`,
    fix: 'Set `securityContext.runAsNonRoot` of the pod to true.',
  });
}

function nonRootUser(pod: Pod): Violation[] {
  const scopes = allScopes(pod).filter(({ context }) => context['runAsUser'] === 0);
  return scopes.map(({ subject, path }) => {
    return {
      path: [...path, 'runAsUser'],
      message: `${subject} runs as user 0, root`,
      fix: 'Set `runAsUser` to another user, or leave it to the image.',
    };
  });
}

function seccomp(pod: Pod): Violation[] {
  if (pod.isWindows) return [];
  return inherited(pod, {
    path: ['seccompProfile', 'type'],
    isAllowed: (profile) => ['RuntimeDefault', 'Localhost'].includes(String(recordOf(profile)['type'])),
    stated: (subject, profile) => `${subject} sets seccomp profile type \`${String(recordOf(profile)['type'])}\``,
    missing: (subjects) => `neither the pod nor ${subjects} sets a seccomp profile`,
    fix: 'Set `securityContext.seccompProfile.type` of the pod to RuntimeDefault.',
  });
}

function capabilities(pod: Pod): Violation[] {
  if (pod.isWindows) return [];
  return containerScopes(pod).flatMap(({ subject, context, path }): Violation[] => {
    const { drop, add } = recordOf(context['capabilities']);
    const added = textsOf(add).filter((name) => name !== 'NET_BIND_SERVICE');
    const at = [...path, 'capabilities'];
    const isDropped = textsOf(drop).includes('ALL');
    return [
      ...(isDropped
        ? []
        : [
            {
              path: [...at, 'drop'],
              message: `${subject} does not drop ALL capabilities`,
              fix: 'Set `securityContext.capabilities.drop` to `[ALL]`.',
            },
          ]),
      ...(added.length === 0
        ? []
        : [
            {
              path: [...at, 'add'],
              message: `${subject} adds ${quoted(added)}`,
              fix: 'Add no capability but NET_BIND_SERVICE.',
            },
          ]),
    ];
  });
}

interface Inherited {
  /** Of the field to report; its first step is what containers inherit. */
  path: readonly [string, ...string[]];
  isAllowed(value: unknown): boolean;
  stated(subject: string, value: unknown): string;
  missing(subjects: string): string;
  fix: string;
}

/** A setting that must be made: by each container, or by the pod for all that do not make it themselves. */
function inherited(pod: Pod, { path: field, isAllowed, stated, missing, fix }: Inherited): Violation[] {
  const forPod = podScope(pod);
  const wrong = allScopes(pod).filter(({ context }) => isPresent(context[field[0]]) && !isAllowed(context[field[0]]));
  const violations = wrong.map(({ subject, context, path }) => ({
    path: [...path, ...field],
    message: stated(subject, context[field[0]]),
    fix,
  }));
  if (isPresent(forPod.context[field[0]])) return violations;
  const silent = pod.containers.filter(({ value }) => !isPresent(recordOf(value['securityContext'])[field[0]]));
  if (silent.length === 0) return violations;
  const names = `container ${quoted(silent.map(({ name }) => name))}`;
  return [...violations, { path: [...forPod.path, ...field], message: missing(names), fix }];
}
