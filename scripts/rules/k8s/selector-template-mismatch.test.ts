import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit } from './example.ts';
import { reportOf, withField } from './rule-testing.ts';
import { selectorTemplateMismatchRule } from './selector-template-mismatch.ts';

const SELECTOR = ['spec', 'selector'];
const report = (selector: unknown, text = DEPLOYMENT) =>
  reportOf(selectorTemplateMismatchRule, withField(text, SELECTOR, selector));
const ofKind = (kind: string, apiVersion = 'apps/v1') =>
  edit(DEPLOYMENT, { 'apps/v1': apiVersion, 'kind: Deployment': `kind: ${kind}` });

describe('selector-template-mismatch', () => {
  it.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])('holds for %s', (kind) => {
    expect(report({ matchLabels: { app: 'other' } }, ofKind(kind))).toHaveLength(1);
    expect(report({ matchLabels: { 'app.kubernetes.io/name': 'api-gateway' } }, ofKind(kind))).toEqual([]);
  });

  it('evaluates matchExpressions and names only the requirements that fail', () => {
    const expressions = [
      { key: 'app.kubernetes.io/name', operator: 'In', values: ['api-gateway', 'gateway'] },
      { key: 'track', operator: 'Exists' },
    ];
    const [problem] = report({ matchExpressions: expressions });
    expect(problem?.message).toContain('selects `track`,');
    expect(report({ matchExpressions: [expressions[0], { key: 'track', operator: 'DoesNotExist' }] })).toEqual([]);
  });

  it('points at the label of the template that has the wrong value, else at the labels', () => {
    expect(report({ matchLabels: { 'app.kubernetes.io/name': 'x' } })[0]?.path).toBe(
      '/spec/template/metadata/labels/app.kubernetes.io~1name',
    );
    expect(report({ matchLabels: { missing: 'x' } })[0]?.path).toBe('/spec/template/metadata/labels');
  });

  it('reports empty and invalid selectors, which the API server refuses too', () => {
    expect(report({})[0]?.message).toContain('is empty');
    expect(report({ matchExpressions: [{ key: 'app', operator: 'Equals', values: ['a'] }] })[0]?.message).toContain(
      '`Equals`',
    );
  });

  it('takes a Job that makes its own selector as it is, and checks one that someone wrote', () => {
    expect(report(undefined, ofKind('Job', 'batch/v1'))).toEqual([]);
    expect(report({}, ofKind('Job', 'batch/v1'))).toEqual([]);
    expect(report({ matchLabels: { app: 'other' } }, ofKind('Job', 'batch/v1'))).toHaveLength(1);
  });

  it('reads the plain map of a ReplicationController', () => {
    expect(report({ 'app.kubernetes.io/name': 'api-gateway' }, ofKind('ReplicationController', 'v1'))).toEqual([]);
    expect(report({ app: 'other' }, ofKind('ReplicationController', 'v1'))).toHaveLength(1);
  });

  it('leaves custom kinds to their own rules', () => {
    expect(report({ matchLabels: { app: 'other' } }, ofKind('Rollout', 'argoproj.io/v1alpha1'))).toEqual([]);
  });
});
