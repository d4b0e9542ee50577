import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const SECRET = 'hunter2-horse';

describe('values whose name says that they are secret', () => {
  it.each([
    ['a key of a ConfigMap', `kind: ConfigMap\ndata:\n  session-secret: ${SECRET}\n`],
    ['a quoted value', `  DATABASE_PASSWORD: "${SECRET}"\n`],
    ['a variable over two lines', `- name: API_TOKEN\n  value: ${SECRET}\n`],
    ['a variable in one map', `env: [{ name: API_TOKEN, value: ${SECRET} }]\n`],
    ['a literal of a generator', `configMapGenerator:\n  - literals:\n      - SESSION_SECRET=${SECRET}\n`],
    ['a block', `data:\n  password: |\n    ${SECRET}\n    ${SECRET}\nkind: ConfigMap\n`],
  ])('are hidden: %s', (_, text) => {
    const shown = redact(text);
    expect(shown).not.toContain(SECRET);
    expect(shown).toHaveLength(text.length);
  });

  it.each([
    ['references', 'secretKeyRef:\n  name: ai-spm-secrets\n  key: session-secret\n'],
    ['switches', 'automountServiceAccountToken: false\n'],
    ['names', 'credentialName: ai-spm-tls\nsecretName: ai-spm-secrets\nkey: topology.kubernetes.io/zone\n'],
    ['references to variables', '- name: PGPASSWORD\n  value: $(DATABASE_PASSWORD)\n'],
    ['other settings', '- name: MODE\n  value: strict\nhost: example.com\n'],
  ])('are told from %s', (_, text) => {
    expect(redact(text)).toBe(text);
  });
});
