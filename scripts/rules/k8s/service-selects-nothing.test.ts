import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { reportOf } from './rule-testing.ts';
import { serviceSelectsNothingRule } from './service-selects-nothing.ts';

const service = (spec: string, namespace = 'ai-spm') => `apiVersion: v1
kind: Service
metadata: {name: web, namespace: ${namespace}}
spec: {${spec}}
`;
const report = (...documents: string[]) => reportOf(serviceSelectsNothingRule, stream(...documents));
const WRONG = 'selector: {app: web}';
const RIGHT = 'selector: {app.kubernetes.io/name: api-gateway}';

describe('service-selects-nothing', () => {
  it.each([
    ['a headless Service', `clusterIP: None, ${WRONG}`],
    ['one label too many', 'selector: {app.kubernetes.io/name: api-gateway, track: stable}'],
  ])('reports %s', (_, spec) => {
    expect(report(DEPLOYMENT, service(spec))).toHaveLength(1);
  });

  it.each([
    ['ExternalName, whatever its selector', `type: ExternalName, externalName: db.example.com, ${WRONG}`],
    ['no selector: endpoints made by hand', 'ports: [{port: 80}]'],
    ['an empty selector', 'selector: {}'],
  ])('accepts %s', (_, spec) => {
    expect(report(DEPLOYMENT, service(spec))).toEqual([]);
  });

  it.each(['StatefulSet', 'DaemonSet', 'Rollout'])('finds the pods of a %s', (kind) => {
    const apiVersion = kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1';
    expect(
      report(edit(DEPLOYMENT, { 'kind: Deployment': `kind: ${kind}`, 'apps/v1': apiVersion }), service(RIGHT)),
    ).toEqual([]);
  });

  it('looks in the namespace of the Service only, and says where the pods are', () => {
    const [problem] = report(DEPLOYMENT, service(RIGHT, 'other'));
    expect(problem?.message).toContain('such pods are in namespace `ai-spm`, and this Service is in `other`');
  });

  it('says nothing when the pods may be elsewhere', () => {
    expect(reportOf(serviceSelectsNothingRule, stream(DEPLOYMENT, service(WRONG)), false)).toEqual([]);
  });

  it('leaves a Service of another group alone', () => {
    expect(report(edit(service(WRONG), { 'apiVersion: v1': 'apiVersion: serving.knative.dev/v1' }))).toEqual([]);
  });
});
