import { describe, expect, it } from 'vitest';
import { autoscalerRangeRule } from './autoscaler-range.ts';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { reportOf } from './rule-testing.ts';

const autoscaler = (spec: string, version = 'v2') =>
  `apiVersion: autoscaling/${version}\nkind: HorizontalPodAutoscaler\nmetadata: {name: x, namespace: ai-spm}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api-gateway}, ${spec}}\n`;
const resource = (name: string, type = 'Utilization') =>
  `maxReplicas: 3, metrics: [{type: Resource, resource: {name: ${name}, target: {type: ${type}}}}]`;
const container = (name: string) =>
  `maxReplicas: 3, metrics: [{type: ContainerResource, containerResource: {name: cpu, container: ${name}, target: {type: Utilization}}}]`;
const report = (spec: string, deployment = DEPLOYMENT, version = 'v2', ...others: string[]) =>
  reportOf(autoscalerRangeRule, stream(deployment, autoscaler(spec, version), ...others), false);

const noCpu = edit(DEPLOYMENT, { '              cpu: 200m\n': '' });
const helper = (resources: string, restartPolicy: string) =>
  edit(DEPLOYMENT, {
    '      containers:': `      initContainers:\n        - name: helper\n${restartPolicy}          resources: ${resources}\n      containers:`,
  });
const limits = (item: string) =>
  `apiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: ai-spm}\nspec: {limits: [{type: Container, ${item}}]}\n`;

describe('autoscaler-range', () => {
  it.each([
    ['minReplicas: 4, maxReplicas: 3', '/spec/minReplicas', 'minReplicas is 4 and maxReplicas is 3'],
    ['maxReplicas: 0', '/spec/maxReplicas', 'minReplicas is 1, the default, and maxReplicas is 0'],
  ])('reports the range %s', (spec, path, message) => {
    expect(report(spec)).toMatchObject([{ path, message }]);
  });

  it('accepts a fixed number of replicas', () => {
    expect(report('minReplicas: 3, maxReplicas: 3')).toEqual([]);
  });

  it('demands a request for utilization, and none for an average value', () => {
    expect(report(resource('cpu'), noCpu)[0]?.path).toBe('/spec/metrics/0/resource');
    expect(report(resource('cpu', 'AverageValue'), noCpu)).toEqual([]);
    expect(report(resource('memory'), noCpu)).toEqual([]);
  });

  it('knows the CPU target of v1, and the one that the API server adds when there are no metrics', () => {
    expect(report('maxReplicas: 3, targetCPUUtilizationPercentage: 80', noCpu, 'v1')[0]?.path).toBe(
      '/spec/targetCPUUtilizationPercentage',
    );
    expect(report('maxReplicas: 3', noCpu)[0]?.path).toBe('/spec');
    expect(report('maxReplicas: 3')).toEqual([]);
  });

  it('takes a limit, a LimitRange of the namespace or requests of the whole pod for a request', () => {
    expect(report(resource('cpu'), edit(noCpu, { 'limits:\n': 'limits:\n              cpu: 1\n' }))).toEqual([]);
    expect(report(resource('cpu'), noCpu, 'v2', limits('defaultRequest: {cpu: 1}'))).toEqual([]);
    expect(report(resource('cpu'), noCpu, 'v2', limits('default: {memory: 1Gi}'))).toHaveLength(1);
    const wholePod = edit(noCpu, { '      containers:': '      resources: {requests: {cpu: 1}}\n      containers:' });
    expect(report(resource('cpu'), wholePod)).toEqual([]);
    expect(report(container('api-gateway'), wholePod)).toHaveLength(1);
  });

  it('counts sidecars, and not init containers that have ended', () => {
    expect(report(resource('cpu'), helper('{}', '          restartPolicy: Always\n'))[0]?.message).toContain(
      '`helper`',
    );
    expect(report(resource('cpu'), helper('{}', ''))).toEqual([]);
  });

  it('reports a container that the workload does not have, except the injected proxy', () => {
    expect(report(container('web'))).toMatchObject([
      {
        path: '/spec/metrics/0/containerResource/container',
        message: 'the metric names container `web`; Deployment `api-gateway` has `api-gateway`',
      },
    ]);
    expect(report(container('istio-proxy'))).toEqual([]);
    expect(report(container('api-gateway'))).toEqual([]);
  });
});
