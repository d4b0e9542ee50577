import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit, stream } from './example.ts';
import { reportOf } from './rule-testing.ts';
import { tokenMountedRule } from './token-mounted.ts';

const pod = (value: string) =>
  edit(DEPLOYMENT, { '      automountServiceAccountToken: false\n': `      serviceAccountName: runner\n${value}` });
const account = (automount: string) =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner, namespace: ai-spm}\n${automount}`;
const binding = (subject: string, kind = 'RoleBinding', namespace = 'ai-spm') =>
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ${kind}\nmetadata: {name: x, namespace: ${namespace}}\nroleRef: {kind: ClusterRole, name: view}\nsubjects: [{${subject}}]\n`;
const NO = 'automountServiceAccountToken: false\n';
const YES = 'automountServiceAccountToken: true\n';
const count = (...documents: string[]) => reportOf(tokenMountedRule, stream(...documents)).length;

describe('token-mounted', () => {
  it('lets the pod have the last word over its account', () => {
    expect(count(pod(''), account(''))).toBe(1);
    expect(count(pod(''), account(NO))).toBe(0);
    expect(count(pod(`      ${NO}`), account(YES))).toBe(0);
    expect(count(pod(`      ${YES}`), account(NO))).toBe(1);
  });

  it.each([
    ['the account', binding('kind: ServiceAccount, name: runner, namespace: ai-spm')],
    [
      'the account, from another namespace',
      binding('kind: ServiceAccount, name: runner, namespace: ai-spm', 'RoleBinding', 'other'),
    ],
    [
      'the account, in the whole cluster',
      binding('kind: ServiceAccount, name: runner, namespace: ai-spm', 'ClusterRoleBinding'),
    ],
    ['its user name', binding('kind: User, name: "system:serviceaccount:ai-spm:runner"')],
    ['all accounts of its namespace', binding('kind: Group, name: "system:serviceaccounts:ai-spm"')],
    ['all accounts', binding('kind: Group, name: "system:serviceaccounts"', 'ClusterRoleBinding')],
  ])('accepts a token for which a binding grants something to %s', (_, grant) => {
    expect(count(pod(''), grant)).toBe(0);
  });

  it.each([
    ['another account', binding('kind: ServiceAccount, name: other, namespace: ai-spm')],
    ['its namesake in another namespace', binding('kind: ServiceAccount, name: runner, namespace: other')],
    ['accounts of another namespace', binding('kind: Group, name: "system:serviceaccounts:other"')],
  ])('is not satisfied by a binding to %s', (_, grant) => {
    expect(count(pod(''), grant)).toBe(1);
  });

  it('points at the field that says yes, else at the pod', () => {
    expect(reportOf(tokenMountedRule, pod(''))[0]?.path).toBe('/spec/template/spec');
    expect(reportOf(tokenMountedRule, pod(`      ${YES}`))[0]?.path).toBe(
      '/spec/template/spec/automountServiceAccountToken',
    );
  });

  it('says nothing when bindings may be elsewhere', () => {
    expect(reportOf(tokenMountedRule, pod(''), false)).toEqual([]);
  });
});
