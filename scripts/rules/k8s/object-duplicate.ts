import type { RenderedObject } from '../../resources/kube-object.ts';
import { objectKey } from '../../resources/target-index.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { stream } from './example.ts';

const configMap = (name: string, level: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: ai-spm
data:
  LOG_LEVEL: ${level}
`;

const objectDuplicate: CodeInfo = {
  code: 'K8S010',
  slug: 'object-duplicate',
  severity: 'error',
  title: 'the same object is defined twice',
  why: 'An object is one thing to the API server: group, kind, namespace and name. Applying both definitions leaves the one that came last, and Argo CD reports a RepeatedResourceWarning and applies either of them.',
  fix: 'Delete one of the two definitions, or give it a name of its own.',
  bad: stream(configMap('api-gateway', 'info'), configMap('api-gateway', 'debug')),
  good: stream(configMap('api-gateway', 'info'), configMap('api-gateway-debug', 'debug')),
};

/** The version is no part of the identity: `autoscaling/v1` and `autoscaling/v2` name the same object. */
export const objectDuplicateRule: ObjectRule = {
  codes: [objectDuplicate],
  *check({ objects }) {
    const first = new Map<string, RenderedObject>();
    for (const object of objects) {
      const { kind, name, apiVersion } = object.ref;
      const known = first.get(objectKey(object));
      if (!known) first.set(objectKey(object), object);
      // An empty name comes with generateName: the API server makes a new one each time.
      if (!known || name === '') continue;
      const differs = known.ref.apiVersion === apiVersion ? '' : `, as ${known.ref.apiVersion} and as ${apiVersion}`;
      const place = known.origin && known.origin !== object.origin ? `, first in ${known.origin}` : '';
      yield {
        code: objectDuplicate,
        object,
        path: ['metadata', 'name'],
        message: `${kind} \`${name}\` is defined twice${differs}${place}`,
      };
    }
  },
};
