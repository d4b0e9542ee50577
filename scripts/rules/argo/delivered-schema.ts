import type { Delivery } from '../../argo/delivery.ts';
import { refOf } from '../../resources/kube-object.ts';
import { schemaRule } from '../k8s/schema.ts';
import type { DeliveryRule, SourceProblem } from '../rule.ts';

/** The fields of what Argo CD makes and is given, with the codes of family K8S: a template or a patch may have put anything into them. */
export const deliveredSchemaRule: DeliveryRule = {
  codes: [],
  *check({ unchecked }: Delivery): Generator<SourceProblem> {
    for (const { value, placeOf } of unchecked) {
      const target = { name: '', objects: [{ ref: refOf(value), value }], complete: true };
      for (const { code, path, message, fix } of schemaRule.check(target)) {
        yield { code, source: placeOf(path), message, ...(fix === undefined ? {} : { fix }) };
      }
    }
  },
};
