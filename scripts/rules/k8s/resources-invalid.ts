import { recordOf } from '../../resources/fields.ts';
import { parseQuantity } from '../../resources/quantity.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { type Container, describeWorkload } from '../../resources/workloads.ts';
import type { CodeInfo, FieldPath, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const resourcesInvalid: CodeInfo = {
  code: 'K8S029',
  slug: 'resources-invalid',
  severity: 'error',
  title: 'a request is above its limit, or a resource does not exist',
  why: 'The API server refuses the pods: the workload is accepted, and no pod of it is ever created. An overlay that raises a request above the limit of the base is the usual cause.',
  fix: 'Keep each request at or below its limit; resources are `cpu`, `memory`, `ephemeral-storage`, `hugepages-<size>`, or have a domain (`nvidia.com/gpu`).',
  bad: edit(DEPLOYMENT, { 'memory: 256Mi': 'memory: 1Gi' }),
  good: edit(DEPLOYMENT, { 'memory: 256Mi': 'memory: 512Mi' }),
};

/** Resources that containers may name without a domain (validation.ValidateContainerResourceName). */
const STANDARD = /^(?:cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** What the API server demands of `resources` beyond the schema (validateContainerResourceRequirements). */
export const resourcesInvalidRule: ObjectRule = {
  codes: [resourcesInvalid],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      for (const container of workload.containers) {
        for (const { path, problem } of problemsOf(container)) {
          const message = `container \`${container.name}\` of ${describeWorkload(workload)} ${problem}`;
          yield { code: resourcesInvalid, object: workload.object, path, message };
        }
      }
    }
  },
};

function problemsOf({ value, path }: Container): { path: FieldPath; problem: string }[] {
  const resources = recordOf(value['resources']);
  const limits = recordOf(resources['limits']);
  return ['requests', 'limits'].flatMap((list) =>
    Object.entries(recordOf(resources[list])).flatMap(([name, amount]) => {
      const at = [...path, 'resources', list, name];
      if (!name.includes('/') && !STANDARD.test(name))
        return [{ path: at, problem: `asks for \`${name}\`, which is no resource` }];
      const [request, limit] = [parseQuantity(amount), parseQuantity(limits[name])];
      if (list === 'limits' || request === undefined || limit === undefined || request <= limit) return [];
      return [
        { path: at, problem: `requests ${String(amount)} of ${name}, above its limit of ${String(limits[name])}` },
      ];
    }),
  );
}
