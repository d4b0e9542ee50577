import { describe, expect, it } from 'vitest';
import { redactShapes } from './redact-shapes.ts';

const RANDOM = '0123456789abcdefghij0123456789abcdef';

describe('secrets that show by their shape', () => {
  // Put together here, so that no scanner takes this file for a leak.
  it.each([
    ['GitHub', `ghp_${RANDOM}`],
    ['GitHub, fine-grained', `github_pat_11AAAAAAA0${RANDOM}_${RANDOM}`],
    ['GitLab', `glpat-${RANDOM.slice(0, 20)}`],
    ['Slack bots', `xoxb-123456789012-${RANDOM}`],
    ['Slack users', `xoxp-123456789012-${RANDOM}`],
    ['AWS', `AKIA${'IOSFODNN7EXAMPLE'}`],
    ['Stripe', `sk_live_${RANDOM}`],
    ['JSON Web Tokens', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${RANDOM}`],
    ['a JSON Web Token cut short', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOi'],
  ])('%s', (_, token) => {
    expect(redactShapes(`found the string "${token}"; write \`port: ${token}\``)).toBe(
      `found the string "${'*'.repeat(token.length)}"; write \`port: ${'*'.repeat(token.length)}\``,
    );
  });

  it.each([
    ['found "postgres://u:hunter2@h/db"', 'found "postgres://u:*******@h/db"'],
    ['found "postgres://u:hun@er2@h/db"', 'found "postgres://u:*******@h/db"'],
    ['found "postgres://u:hunter2hunter2..."', 'found "postgres://u:**************..."'],
    ['redis://:hunter2@cache and http://u:p@b', 'redis://:*******@cache and http://u:*@b'],
    [
      'found "-----BEGIN RSA PRIVATE KEY-----\\nMIIEow..." in `type`',
      'found "********** *** ******* ****************..." in `type`',
    ],
  ])('%s', (text, shown) => {
    expect(redactShapes(text)).toBe(shown);
  });

  it('private keys in base64', () => {
    const key = Buffer.from('-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIr\n').toString('base64');
    expect(redactShapes(`key: ${key}\n`)).toBe(`key: ${'*'.repeat(key.length)}\n`);
  });

  it.each([
    'postgres://u:$(PASSWORD)@h/db',
    'http://host:8080/a@b',
    'docker://alpine:3.19@sha256:0123',
    'the tokens ghp_ and sk_live_ and eyJ',
    'host `ai-scaner` is no service of this target; `ai-scanner` is',
    Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n').toString('base64'),
  ])('not %s', (text) => {
    expect(redactShapes(text)).toBe(text);
  });
});
