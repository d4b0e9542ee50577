import { describe, expect, it } from 'vitest';
import { DEPLOYMENT } from '../k8s/example.ts';
import { reportOf, withField } from '../k8s/rule-testing.ts';
import { secretInEnvironmentRule } from './secret-in-environment.ts';

const VALUE = 'hunter2-correct-horse-9';
const KEY = `-----BEGIN EC PRIVATE KEY-----\n${VALUE}\n-----END EC PRIVATE KEY-----\n`;
const CONTAINER = ['spec', 'template', 'spec', 'containers', 0];
const variable = (name: string, value: unknown) =>
  reportOf(secretInEnvironmentRule, withField(DEPLOYMENT, [...CONTAINER, 'env'], [{ name, value }]), false);
const configMap = (data: object) =>
  reportOf(
    secretInEnvironmentRule,
    withField('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n', ['data'], data),
    false,
  ).map(({ path }) => path);
const anywhere = (object: string, path: readonly (string | number)[], value: unknown) =>
  reportOf(secretInEnvironmentRule, withField(object, path, value), false).map(({ message }) => message);

describe('secret-in-environment', () => {
  it('reports a literal value, names variable and container, and never the value', () => {
    const found = variable('DATABASE_PASSWORD', VALUE);
    expect(found).toMatchObject([
      {
        path: '/spec/template/spec/containers/0/env/0/value',
        message:
          'variable `DATABASE_PASSWORD` of container `api-gateway` in Deployment `api-gateway` has its value in plain text',
      },
    ]);
    expect(JSON.stringify([found, variable('X', `postgres://user:${VALUE}@db`), variable('X', KEY)])).not.toContain(
      VALUE,
    );
  });

  it('looks at init containers too', () => {
    const init = [{ name: 'migrate', env: [{ name: 'PGPASSWORD', value: VALUE }] }];
    expect(anywhere(DEPLOYMENT, ['spec', 'template', 'spec', 'initContainers'], init)).toHaveLength(1);
  });

  it.each([
    ['a reference', [{ name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'x', key: 'y' } } }]],
    ['an empty value', [{ name: 'DATABASE_PASSWORD', value: '' }]],
    ['another variable', [{ name: 'PGPASSWORD', value: '$(DATABASE_PASSWORD)' }]],
    [
      'a URL with a reference in it',
      [{ name: 'DATABASE_URL', value: 'postgres://app:$(DATABASE_PASSWORD)@database:5432/app' }],
    ],
    ['a URL without a password', [{ name: 'DATABASE_URL', value: 'postgres://app@database:5432/app?sslmode=disable' }]],
  ])('accepts %s', (_, env) => {
    expect(anywhere(DEPLOYMENT, [...CONTAINER, 'env'], env)).toEqual([]);
  });

  it('reports a value once, by its name before its shape', () => {
    expect(variable('DATABASE_PASSWORD', `postgres://app:${VALUE}@database`)).toHaveLength(1);
    expect(variable('DATABASE_URL', `postgres://app:${VALUE}@database`)[0]?.message).toBe(
      'Deployment `api-gateway` holds a password in a URL in `DATABASE_URL`',
    );
  });

  it('reports ConfigMap keys, and files by what is in them', () => {
    expect(configMap({ 'session-secret': VALUE, 'log-level': 'info' })).toEqual(['/data/session-secret']);
    expect(configMap({ 'refresh-token': 'line one\nline two\n' })).toEqual([]);
    expect(configMap({ 'app.yaml': `database:\n  url: redis://:${VALUE}@cache:6379/0\n` })).toEqual(['/data/app.yaml']);
    expect(configMap({ 'tls.pem': KEY, 'ca.pem': '-----BEGIN CERTIFICATE-----\nMIIB\n' })).toEqual(['/data/tls.pem']);
  });

  it('finds private keys and passwords in any object, also in base64', () => {
    const filter = 'apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: x}\n';
    expect(
      anywhere(filter, ['spec', 'configPatches', 0, 'patch', 'value', 'key'], Buffer.from(KEY).toString('base64')),
    ).toEqual(['EnvoyFilter `x` holds a private key in `key`']);
    expect(anywhere(DEPLOYMENT, [...CONTAINER, 'args'], ['--dsn', `mysql://root:${VALUE}@db/x`])).toEqual([
      'Deployment `api-gateway` holds a password in a URL in `args`',
    ]);
    expect(anywhere(DEPLOYMENT, ['metadata', 'annotations'], { note: `https://me:${VALUE}@example.com` })).toHaveLength(
      1,
    );
  });

  it('comes to an end on an object that contains itself, as YAML aliases allow', () => {
    const data: Record<string, unknown> = { note: `https://me:${VALUE}@example.com` };
    data['again'] = data;
    expect(configMap(data)).toEqual(['/data/note']);
  });

  it('leaves to others what others report, and examples in descriptions alone', () => {
    expect(
      anywhere(
        'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n',
        ['stringData', 'database-url'],
        `postgres://a:${VALUE}@b`,
      ),
    ).toEqual([]);
    const definition = 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n';
    expect(
      anywhere(definition, ['spec', 'versions', 0, 'schema', 'description'], 'as in postgres://user:password@host'),
    ).toEqual([]);
  });
});
