import { describe, expect, it } from 'vitest';
import { reportOf } from '../k8s/rule-testing.ts';
import { secretPlaintextRule } from './secret-plaintext.ts';

const secret = (body: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n${body}`;

describe('secret-plaintext', () => {
  it.each(['Opaque', 'kubernetes.io/tls', 'istio.io/key-and-cert', 'bootstrap.kubernetes.io/token'])(
    'reports type %s',
    (type) => {
      const [problem] = reportOf(
        secretPlaintextRule,
        secret(`type: ${type}\ndata: {password: aHVudGVyMg==, user: YQ==}\n`),
        false,
      );
      expect(problem).toMatchObject({
        path: '/data',
        message: 'Secret `x` is rendered with the values of `password` and `user`',
      });
    },
  );

  it('reports data and stringData apart, and never a value', () => {
    const found = reportOf(secretPlaintextRule, secret('data: {a: aHVudGVyMg==}\nstringData: {b: hunter2}\n'));
    expect(found.map(({ path }) => path)).toEqual(['/data', '/stringData']);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it.each([
    ['a Secret that a controller fills in', 'type: kubernetes.io/service-account-token\n'],
    ['empty data', 'data: {}\n'],
    ['keys without values', 'stringData: {password: "", user: null}\n'],
  ])('accepts %s', (_, body) => {
    expect(reportOf(secretPlaintextRule, secret(body))).toEqual([]);
  });
});
