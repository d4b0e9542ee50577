import { integerOf, isPresent, quoted, recordOf } from '../../resources/fields.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { type Container, describeWorkload, type Workload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const startup = `          startupProbe:
            httpGet:
              path: /api/health
              port: http
`;
const readiness = startup.replace('startupProbe', 'readinessProbe');

const probeMissing: CodeInfo = {
  code: 'K8S020',
  slug: 'probe-missing',
  severity: 'warning',
  title: 'a long-running container lacks a probe',
  why: 'Without a readiness probe a pod gets traffic before it can answer, and a rollout replaces good pods by broken ones. Without a liveness probe a hung process stays. A liveness probe that starts at once, with no startup probe and no initial delay, restarts a container that is merely slow to start.',
  fix: 'Add a readiness and a liveness probe, and a startup probe for as long as a start may take.',
  bad: edit(DEPLOYMENT, { [readiness]: '' }),
  // An initial delay does for the liveness probe what a startup probe does.
  good: edit(DEPLOYMENT, {
    [startup]: '',
    '          livenessProbe:\n': '          livenessProbe:\n            initialDelaySeconds: 20\n',
  }),
};

const LONG_RUNNING = new Set([
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  '/ReplicationController',
]);

export const probeMissingRule: ObjectRule = {
  codes: [probeMissing],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      const main = LONG_RUNNING.has(`${workload.group}/${workload.kind}`) ? mainContainer(workload) : undefined;
      if (!main) continue;
      const missing = missingProbes(main);
      if (missing.length === 0) continue;
      const message = `container \`${main.name}\` of ${describeWorkload(workload)} has no ${quoted(missing)}`;
      yield { code: probeMissing, object: workload.object, path: main.path, message };
    }
  },
};

/** The container that `kubectl logs` takes: the annotated one, else the first. Others are helpers beside it. */
function mainContainer({ containers, template }: Workload): Container | undefined {
  const main = containers.filter(({ role }) => role === 'main');
  return main.find(({ name }) => name === template.annotations['kubectl.kubernetes.io/default-container']) ?? main[0];
}

function missingProbes({ value }: Container): string[] {
  const { startupProbe, readinessProbe, livenessProbe } = value;
  const startsAtOnce = isPresent(livenessProbe) && !integerOf(recordOf(livenessProbe)['initialDelaySeconds']);
  return [
    ...(isPresent(readinessProbe) ? [] : ['readinessProbe']),
    ...(isPresent(livenessProbe) ? [] : ['livenessProbe']),
    ...(startsAtOnce && !isPresent(startupProbe) ? ['startupProbe'] : []),
  ];
}
