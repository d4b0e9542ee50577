import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit } from './example.ts';
import { immutableFieldRule } from './immutable-field.ts';
import { reportOf, withField } from './rule-testing.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const SELECTOR = ['spec', 'selector'];
const report = (selector: unknown, text = DEPLOYMENT) =>
  reportOf(immutableFieldRule, withField(text, SELECTOR, selector), false).map(({ path }) => path);
const ofKind = (kind: string, apiVersion = 'apps/v1') =>
  edit(DEPLOYMENT, { 'apps/v1': apiVersion, 'kind: Deployment': `kind: ${kind}` });

describe('immutable-field', () => {
  it.each([
    [{ 'app.kubernetes.io/version': '1.4.2' }, '/spec/selector/matchLabels/app.kubernetes.io~1version'],
    [{ 'helm.sh/chart': 'api-gateway-0.3.1' }, '/spec/selector/matchLabels/helm.sh~1chart'],
    [{ revision: COMMIT }, '/spec/selector/matchLabels/revision'],
  ])('reports the selector label %j', (matchLabels, path) => {
    expect(report({ matchLabels })).toEqual([path]);
  });

  it.each([
    ['the version label of a mesh, which tells workloads apart', { app: 'reviews', version: 'v1' }],
    ['a short hash, which may be any name', { shard: '3f2a9bc' }],
  ])('accepts %s', (_, matchLabels) => {
    expect(report({ matchLabels })).toEqual([]);
  });

  it('reads matchExpressions', () => {
    expect(
      report({
        matchExpressions: [
          { key: 'app', operator: 'Exists' },
          { key: 'helm.sh/chart', operator: 'In', values: ['a-1'] },
        ],
      }),
    ).toEqual(['/spec/selector/matchExpressions/1']);
    expect(report({ matchExpressions: [{ key: 'revision', operator: 'NotIn', values: ['a', COMMIT] }] })).toHaveLength(
      1,
    );
  });

  it.each(['StatefulSet', 'DaemonSet', 'ReplicaSet'])('holds for a %s', (kind) => {
    expect(report({ matchLabels: { 'helm.sh/chart': 'x' } }, ofKind(kind))).toHaveLength(1);
  });

  it('leaves kinds alone whose selector can change or that are replaced as a whole', () => {
    const label = { 'app.kubernetes.io/version': '1.4.2' };
    expect(report({ matchLabels: label }, ofKind('Job', 'batch/v1'))).toEqual([]);
    expect(report(label, 'apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {}\n')).toEqual([]);
  });

  it('accepts a workload that carries the release in its own name', () => {
    const named = edit(DEPLOYMENT, { 'name: api-gateway': 'name: api-gateway-1-4-2' });
    expect(report({ matchLabels: { 'app.kubernetes.io/version': '1.4.2' } }, named)).toEqual([]);
    expect(report({ matchLabels: { 'app.kubernetes.io/version': '1.4.3' } }, named)).toHaveLength(1);
  });

  it('reports labels of claim templates, but not those of the pod template', () => {
    const labels = { 'app.kubernetes.io/version': '1.4.2' };
    const claims = withField(
      ofKind('StatefulSet'),
      ['spec', 'volumeClaimTemplates'],
      [{ metadata: { name: 'data', labels } }],
    );
    expect(reportOf(immutableFieldRule, claims).map(({ path, message }) => [path, message])).toEqual([
      [
        '/spec/volumeClaimTemplates/0/metadata/labels/app.kubernetes.io~1version',
        'claim template `data` of StatefulSet `api-gateway` holds `app.kubernetes.io/version: 1.4.2`, and can never change',
      ],
    ]);
    expect(
      reportOf(immutableFieldRule, withField(DEPLOYMENT, ['spec', 'template', 'metadata', 'labels'], labels)),
    ).toEqual([]);
  });
});
