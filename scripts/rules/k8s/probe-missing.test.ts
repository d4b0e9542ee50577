import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit } from './example.ts';
import { probeMissingRule } from './probe-missing.ts';
import { reportOf, withField } from './rule-testing.ts';

const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];
const bare = { name: 'api-gateway', image: 'x:1.0.0' };
const probe = { httpGet: { port: 80 } };
const report = (container: object, text = DEPLOYMENT) =>
  reportOf(probeMissingRule, withField(text, CONTAINER, { ...bare, ...container }), false);
const ofKind = (kind: string, apiVersion: string) =>
  edit(DEPLOYMENT, { 'apps/v1': apiVersion, 'kind: Deployment': `kind: ${kind}` });

describe('probe-missing', () => {
  it.each([
    [{}, '`readinessProbe` and `livenessProbe`'],
    [{ livenessProbe: probe }, '`readinessProbe` and `startupProbe`'],
    [{ readinessProbe: probe }, '`livenessProbe`'],
    [{ readinessProbe: probe, livenessProbe: probe }, '`startupProbe`'],
    [{ readinessProbe: probe, livenessProbe: { ...probe, initialDelaySeconds: 0 } }, '`startupProbe`'],
  ])('of %j misses %s', (container, missing) => {
    expect(report(container)).toMatchObject([
      {
        path: '/spec/template/spec/containers/0',
        message: `container \`api-gateway\` of Deployment \`api-gateway\` has no ${missing}`,
      },
    ]);
  });

  it.each([
    { readinessProbe: probe, livenessProbe: probe, startupProbe: probe },
    { readinessProbe: probe, livenessProbe: { ...probe, initialDelaySeconds: 30 } },
  ])('accepts %j', (container) => {
    expect(report(container)).toEqual([]);
  });

  it.each([
    ['StatefulSet', 'apps/v1', 1],
    ['DaemonSet', 'apps/v1', 1],
    ['Job', 'batch/v1', 0],
    ['Rollout', 'argoproj.io/v1alpha1', 0],
  ])('of a %s in %s: %i', (kind, apiVersion, count) => {
    expect(report({}, ofKind(kind, apiVersion))).toHaveLength(count);
  });

  it('asks the main container only: the annotated one, else the first', () => {
    const two = withField(DEPLOYMENT, ['spec', 'template', 'spec', 'containers', 1], { name: 'helper' });
    expect(reportOf(probeMissingRule, two)).toEqual([]);
    const [object] = two;
    if (!object) throw new Error('no object');
    const template = (object.value['spec'] as { template: { metadata: object } }).template;
    template.metadata = { ...template.metadata, annotations: { 'kubectl.kubernetes.io/default-container': 'helper' } };
    expect(reportOf(probeMissingRule, [object])[0]?.message).toContain('container `helper`');
  });
});
