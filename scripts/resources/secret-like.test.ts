import { describe, expect, it } from 'vitest';
import { embeddedSecret, isSecretValue, namesSecret } from './secret-like.ts';

describe('names of secrets', () => {
  it.each([
    'DATABASE_PASSWORD',
    'PGPASSWORD',
    'PGPASS',
    'DB_PASS',
    'smtpPass',
    'password',
    'db-passwd',
    'SESSION_SECRET',
    'clientSecret',
    'WIZ_CLIENT_SECRET',
    'API_TOKEN',
    'githubToken',
    'API_KEY',
    'APIKEY',
    'SECRET_KEY_BASE',
    'AWS_SECRET_ACCESS_KEY',
    'ENCRYPTION_KEY',
    'API_KEY_PROD',
    'PASSWORD_2',
    'KEY',
    'AWS_CREDENTIALS',
  ])('%s', (name) => {
    expect(namesSecret(name)).toBe('certain');
  });

  it.each([
    'TOKEN_TTL',
    'MAX_TOKENS',
    'TOKENIZERS_PARALLELISM',
    'PASSWORD_MIN_LENGTH',
    'SECRET_NAME',
    'SESSION_SECRET_FILE',
    'API_KEY_HEADER',
    'KEY_PREFIX',
    'KEYCLOAK_REALM',
    'MONKEY',
    'BYPASS',
    'COMPASS',
    'PGPASSFILE',
    'PUBLIC_KEY',
    'AWS_ACCESS_KEY_ID',
    'WIZ_CLIENT_ID',
    'TOKEN_ISSUER',
    'LOG_LEVEL',
  ])('not %s', (name) => {
    expect(namesSecret(name)).toBe('no');
  });

  it('judges other keys by their value', () => {
    expect(namesSecret('STRIPE_KEY')).toBe('by value');
    expect(isSecretValue('STRIPE_KEY', 'live51H8xQ2eZvKYlo2C')).toBe(true);
    expect(isSecretValue('PARTITION_KEY', 'tenant-id')).toBe(false);
  });
});

describe('values that are no secret', () => {
  it.each([
    '',
    '  ',
    '$(OTHER)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself is the case
    '${OTHER}',
    '$OTHER',
    '{{ .Values.password }}',
    '<set me>',
    '***',
    'true',
    '/etc/ai-spm/password',
    'https://vault.example.com/v1',
    'vault:secret/data/app#password',
    'arn:aws:secretsmanager:eu:1:secret:x',
  ])('%j', (value) => {
    expect(isSecretValue('PASSWORD', value)).toBe(false);
  });

  it.each(['hunter2', 'changeme', '123456', '/x', 'a$(B)c d'])('but %j is', (value) => {
    expect(isSecretValue('PASSWORD', value)).toBe(true);
  });
});

describe('secrets that show by their shape', () => {
  it.each([
    ['postgres://user:pass@host/db', 'a password in a URL'],
    ['see redis://:pass@cache', 'a password in a URL'],
    ['ok http://$(U):$(P)@a then http://u:p@b', 'a password in a URL'],
    ['-----BEGIN PRIVATE KEY-----', 'a private key'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', 'a private key'],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----', 'a private key'],
    [Buffer.from('-----BEGIN RSA PRIVATE KEY-----\nMII').toString('base64'), 'a private key'],
  ])('%s', (text, kind) => {
    expect(embeddedSecret(text)).toBe(kind);
  });

  it.each([
    'postgres://user@host/db',
    'http://host:8080/a@b',
    'http://host:8080?mail=a@b',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself is the case
    'postgres://user:${PASSWORD}@host',
    'docker://alpine:3.19@sha256:0123',
    'spiffe://cluster.local/ns/a/sa/b',
    '-----BEGIN PUBLIC KEY-----',
    Buffer.from('-----BEGIN CERTIFICATE-----\nMII').toString('base64'),
  ])('not %s', (text) => {
    expect(embeddedSecret(text)).toBeUndefined();
  });
});
