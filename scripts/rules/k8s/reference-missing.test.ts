import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, stream } from './example.ts';
import { referenceMissingRule } from './reference-missing.ts';
import { pathsOf, reportOf, withField } from './rule-testing.ts';

const SPEC = ['spec', 'template', 'spec'];
const CONTAINER = [...SPEC, 'containers', 0];
const CONFIG =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: ai-spm}\ndata: {level: info}\nbinaryData: {logo: aGk=}\n';

const deployment = (path: readonly (string | number)[], value: unknown, ...others: string[]) =>
  pathsOf(referenceMissingRule, withField(stream(DEPLOYMENT, CONFIG, ...others), path, value)).map((path) =>
    path.replace(/.*\/spec\/template\/spec/, ''),
  );

describe('reference-missing', () => {
  it.each([
    ['ServiceAccount', 'serviceAccountName', 'runner', '/serviceAccountName'],
    ['ServiceAccount by its old field', 'serviceAccount', 'runner', '/serviceAccount'],
    ['PriorityClass', 'priorityClassName', 'high', '/priorityClassName'],
    ['ConfigMap volume', 'volumes', [{ name: 'v', configMap: { name: 'other' } }], '/volumes/0/configMap/name'],
    [
      'projected ConfigMap',
      'volumes',
      [{ name: 'v', projected: { sources: [{ configMap: { name: 'other' } }] } }],
      '/volumes/0/projected/sources/0/configMap/name',
    ],
    [
      'key of a ConfigMap volume',
      'volumes',
      [
        {
          name: 'v',
          configMap: {
            name: 'settings',
            items: [
              { key: 'logo', path: 'a' },
              { key: 'icon', path: 'b' },
            ],
          },
        },
      ],
      '/volumes/0/configMap/items/1/key',
    ],
    [
      'claim',
      'volumes',
      [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      '/volumes/0/persistentVolumeClaim/claimName',
    ],
  ])('reports a missing %s', (_, field, value, path) => {
    expect(deployment([...SPEC, field], value)).toEqual([path]);
  });

  it.each([
    ['ServiceAccount default', 'serviceAccountName', 'default'],
    ['a built-in PriorityClass', 'priorityClassName', 'system-cluster-critical'],
    ['what every namespace has', 'volumes', [{ name: 'v', configMap: { name: 'kube-root-ca.crt' } }]],
    ['an optional ConfigMap', 'volumes', [{ name: 'v', configMap: { name: 'other', optional: true } }]],
    ['a Secret, sealed per cluster', 'volumes', [{ name: 'v', secret: { secretName: 'ai-spm-secrets' } }]],
    [
      'a key that is there',
      'volumes',
      [{ name: 'v', configMap: { name: 'settings', items: [{ key: 'level', path: 'a' }] } }],
    ],
  ])('accepts %s', (_, field, value) => {
    expect(deployment([...SPEC, field], value)).toEqual([]);
  });

  it('checks the environment of every kind of container, but not what is optional', () => {
    const missing = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'size' } } }];
    const optional = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'size', optional: true } } }];
    const secret = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'nowhere', key: 'size' } } }];
    expect(deployment([...CONTAINER, 'env'], missing)).toEqual(['/containers/0/env/0/valueFrom/configMapKeyRef/key']);
    expect(deployment([...CONTAINER, 'env'], [...optional, ...secret])).toEqual([]);
    expect(
      deployment(
        [...SPEC, 'initContainers'],
        [{ name: 'i', envFrom: [{ configMapRef: { name: 'other' } }, { secretRef: { name: 'nowhere' } }] }],
      ),
    ).toEqual(['/initContainers/0/envFrom/0/configMapRef/name']);
    expect(deployment([...CONTAINER, 'envFrom'], [{ configMapRef: { name: 'other', optional: true } }])).toEqual([]);
  });

  it('accepts a claim that a StatefulSet makes for one of its pods', () => {
    const set =
      'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: database, namespace: ai-spm}\nspec: {volumeClaimTemplates: [{metadata: {name: data}}]}\n';
    const volume = (claimName: string) => [{ name: 'v', persistentVolumeClaim: { claimName } }];
    expect(deployment([...SPEC, 'volumes'], volume('data-database-0'), set)).toEqual([]);
    expect(deployment([...SPEC, 'volumes'], volume('data-other-0'), set)).toHaveLength(1);
  });

  it.each([
    [
      'autoscaler target',
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: other}}',
      '/spec/scaleTargetRef/name',
    ],
    [
      'autoscaler target of another kind',
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: api-gateway}}',
      '/spec/scaleTargetRef/name',
    ],
    ['governing Service', 'apps/v1', 'StatefulSet', 'spec: {serviceName: other}', '/spec/serviceName'],
    [
      'Ingress backend',
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {rules: [{http: {paths: [{backend: {service: {name: other}}}]}}]}',
      '/spec/rules/0/http/paths/0/backend/service/name',
    ],
    [
      'default backend',
      'networking.k8s.io/v1',
      'Ingress',
      'spec: {defaultBackend: {service: {name: other}}}',
      '/spec/defaultBackend/service/name',
    ],
    ['Role', 'rbac.authorization.k8s.io/v1', 'RoleBinding', 'roleRef: {kind: Role, name: other}', '/roleRef/name'],
  ])('reports a missing %s', (_, apiVersion, kind, body, path) => {
    const object = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x, namespace: ai-spm}\n${body}\n`;
    expect(reportOf(referenceMissingRule, stream(DEPLOYMENT, object)).map((one) => one.path)).toEqual([path]);
    expect(reportOf(referenceMissingRule, stream(DEPLOYMENT, object), false)).toEqual([]);
  });

  it('finds a PriorityClass, which has no namespace', () => {
    const high = 'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1\n';
    expect(deployment([...SPEC, 'priorityClassName'], 'high', high)).toEqual([]);
  });

  it('accepts references that resolve, in their own namespace only', () => {
    const autoscaler = (namespace: string) =>
      `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x, namespace: ${namespace}}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api-gateway}}\n`;
    expect(reportOf(referenceMissingRule, stream(DEPLOYMENT, autoscaler('ai-spm')))).toEqual([]);
    expect(reportOf(referenceMissingRule, stream(DEPLOYMENT, autoscaler('other')))[0]?.message).toBe(
      'HorizontalPodAutoscaler `x` names Deployment.apps `api-gateway`, which does not exist in namespace `other`',
    );
    const binding =
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x, namespace: n}\nroleRef: {kind: ClusterRole, name: view}\n';
    expect(reportOf(referenceMissingRule, binding)).toEqual([]);
  });
});
