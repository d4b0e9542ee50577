import { describeSelector } from '../../resources/selectors.ts';
import { selectingServices } from '../../resources/services.ts';
import { describeElsewhere, indexTarget } from '../../resources/target-index.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, stream } from './example.ts';

const service = (app: string) => `apiVersion: v1
kind: Service
metadata:
  name: api-gateway
  namespace: ai-spm
spec:
  selector:
    app.kubernetes.io/name: ${app}
  ports:
    - name: http
      port: 5000
      targetPort: http
`;

const serviceSelectsNothing: CodeInfo = {
  code: 'K8S012',
  slug: 'service-selects-nothing',
  severity: 'error',
  title: 'the Service selects no pods',
  why: 'Endpoints are the pods of the same namespace that carry every label of the selector. Without one, connections to the Service are refused, a headless name does not resolve, and Envoy answers 503 with "no healthy upstream"; no controller reports it.',
  fix: 'Set `spec.selector` to the labels of a pod template in the namespace of the Service.',
  bad: stream(DEPLOYMENT, service('gateway')),
  good: stream(DEPLOYMENT, service('api-gateway')),
};

export const serviceSelectsNothingRule: ObjectRule = {
  codes: [serviceSelectsNothing],
  *check(target) {
    if (!target.complete) return;
    const index = indexTarget(target);
    for (const { object, namespace, selector } of selectingServices(index)) {
      if (index.select(namespace, selector).length > 0) continue;
      const elsewhere = describeElsewhere(index, selector, object);
      const message = `Service \`${object.ref.name}\` selects \`${describeSelector(selector)}\`, and no pod template of its namespace has these labels${elsewhere}`;
      yield { code: serviceSelectsNothing, object, path: ['spec', 'selector'], message };
    }
  },
};
