import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const SECRET = 'hunter2-horse';

describe('values of command line flags that name a secret', () => {
  it.each([
    ['assigned', `args: ["--password=${SECRET}", "--verbose"]\n`],
    ['assigned, in a list', `args:\n  - --password=${SECRET}\n  - --verbose\n`],
    ['the next item', `args: ["--token", "${SECRET}", "--verbose"]\n`],
    ['the next plain item', `args: [--token, ${SECRET}]\n`],
    ['the next line', `args:\n  - --token\n  - ${SECRET}\n`],
    ['the next line, quoted', `args:\n  - "--token" # of the API\n  - "${SECRET}"\n`],
    ['the next line of one list', `args: [\n  "--token",\n  "${SECRET}"\n]\n`],
    ['JSON', `{"args":["--client-secret","${SECRET}"]}\n`],
    ['a shell line', `command: ["sh", "-c", "sync --token ${SECRET} --verbose"]\n`],
  ])('are hidden: %s', (_, text) => {
    expect(redact(text)).toBe(text.replace(SECRET, '*'.repeat(SECRET.length)));
  });

  it('are hidden to the end of their quotation', () => {
    expect(redact(`args: ["--password=correct, horse", '--token', "a b"]\n`)).toBe(
      `args: ["--password=******** *****", '--token', "* *"]\n`,
    );
  });

  it.each([
    ['other flags', 'args: ["--port", "8080", "--mode=strict"]\n'],
    ['files', 'args: ["--token-file", "/run/token", "--tls-private-key-file=/certs/tls.key"]\n'],
    ['references', 'args: ["--password=$(DB_PASSWORD)", "--token", "$(API_TOKEN)"]\n'],
    ['switches', 'args: ["--token", "--verbose"]\n'],
    ['documents', 'kind: A\n---\nkind: B\n'],
  ])('are told from %s', (_, text) => {
    expect(redact(text)).toBe(text);
  });
});
