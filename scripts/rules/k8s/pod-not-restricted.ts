import { restrictedViolations } from '../../resources/pod-security/restricted.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const podNotRestricted: CodeInfo = {
  code: 'K8S021',
  slug: 'pod-not-restricted',
  severity: 'error',
  title: 'the pod is not within the restricted Pod Security Standard',
  why: 'A namespace with the label `pod-security.kubernetes.io/enforce: restricted` refuses the pod: the Deployment is accepted, and its pods are never created. Anywhere else, each of these settings is a way from a taken-over container to its node. The rule applies every control of the standard as Kubernetes 1.34 does, to all containers of the pod, whatever the label of the namespace says.',
  fix: 'Run as a user other than root, drop all capabilities, forbid privilege escalation, use the RuntimeDefault seccomp profile, and share nothing of the host.',
  bad: edit(DEPLOYMENT, { '            allowPrivilegeEscalation: false\n': '' }),
  // Said by the container itself, the same settings hold without the pod.
  good: edit(DEPLOYMENT, {
    '      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n': '',
    '            allowPrivilegeEscalation: false\n':
      '            allowPrivilegeEscalation: false\n            runAsNonRoot: true\n            seccompProfile:\n              type: RuntimeDefault\n',
  }),
};

export const podNotRestrictedRule: ObjectRule = {
  codes: [podNotRestricted],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      for (const { path, control, message, fix } of restrictedViolations(workload)) {
        const text = `${describeWorkload(workload)}: ${message} (${control})`;
        yield { code: podNotRestricted, object: workload.object, path, message: text, fix };
      }
    }
  },
};
