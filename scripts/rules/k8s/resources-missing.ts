import { containerDefaults, hasLimit, hasRequest, podLevel } from '../../resources/compute-resources.ts';
import { existingPath, quoted } from '../../resources/fields.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const resourcesMissing: CodeInfo = {
  code: 'K8S022',
  slug: 'resources-missing',
  severity: 'warning',
  title: 'a container has no CPU or memory request, or no memory limit',
  why: 'The scheduler places pods by their requests alone: without them, nodes fill up until pods starve or are evicted, these first. Without a memory limit one leak takes down its neighbours. A limit stands in for the request; a CPU limit is not asked for.',
  fix: 'Set `resources.requests.cpu`, `resources.requests.memory` and `resources.limits.memory`.',
  bad: edit(DEPLOYMENT, { '            limits:\n              memory: 512Mi\n': '' }),
  // The API server takes the request from the limit.
  good: edit(DEPLOYMENT, { '              memory: 256Mi\n': '' }),
};

export const resourcesMissingRule: ObjectRule = {
  codes: [resourcesMissing],
  *check(target) {
    const index = indexTarget(target);
    const defaultsOf = containerDefaults(index);
    for (const workload of index.workloads) {
      const pod = podLevel(workload);
      const defaults = defaultsOf(workload.namespace);
      for (const container of workload.containers) {
        // The API has no resources for ephemeral containers.
        if (container.role === 'ephemeral') continue;
        const missing = [
          ...(pod.hasRequest('cpu') || hasRequest(container, 'cpu', defaults) ? [] : ['requests.cpu']),
          ...(pod.hasRequest('memory') || hasRequest(container, 'memory', defaults) ? [] : ['requests.memory']),
          ...(pod.hasLimit('memory') || hasLimit(container, 'memory', defaults) ? [] : ['limits.memory']),
        ];
        if (missing.length === 0) continue;
        const { object } = workload;
        const path = existingPath(object.value, [...container.path, 'resources']);
        const message = `container \`${container.name}\` of ${describeWorkload(workload)} has no ${quoted(missing)}`;
        yield { code: resourcesMissing, object, path, message };
      }
    }
  },
};
