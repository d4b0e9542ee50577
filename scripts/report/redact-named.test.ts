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
    ['a misspelt value of a variable', `env:\n  - name: DB_PASSWORD\n    valeu: ${SECRET}\n`],
    ['a misspelt value behind a comment', `- name: DB_PASSWORD\n  # rotate\n  vaule: "${SECRET}"\n`],
    ['a misspelt value before its name', `- valeu: ${SECRET}\n  name: DB_PASSWORD\n`],
    ['a misspelt value as a block', `- name: DB_PASSWORD\n  valeu: |\n    ${SECRET}\n    more: ${SECRET}\n`],
    ['a misspelt value in one map', `env: [{name: API_TOKEN, valu: ${SECRET}}]\n`],
    ['a misspelt value in a map without end', `env:\n  - {name: API_TOKEN, valu: ${SECRET}\n`],
    ['a misspelt value in a map over two lines', `env: [{ name: API_TOKEN,\n  valu: ${SECRET} }]\n`],
    ['a misspelt value in JSON', `{"env":[{"name":"API_TOKEN","valu":"${SECRET}"}]}\n`],
    ['a variable of libpq', `- name: PGPASS\n  value: ${SECRET}\n`],
    ['a flow map', `kind: ConfigMap\ndata: {mode: strict, password: ${SECRET}}\n`],
    ['a flow map with spaces in the value', `data: { "password": "a } ${SECRET}", mode: strict }\n`],
    ['a flow map where a text belongs', `spec:\n  clusterIP: {password: ${SECRET}}\n`],
    ['a map where a text belongs', `spec:\n  password: { first: ${SECRET} }\n`],
    ['JSON', `{"spec":{"clusterIP":{"password":"${SECRET}"}}}\n`],
    ['a value on the next line', `password:\n  ${SECRET}\nmode: strict\n`],
    ['a value over two lines', `password: first\n  ${SECRET}\nmode: strict\n`],
    ['Windows line ends', `- name: DB_PASSWORD\r\n  valeu: ${SECRET}\r\n`],
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
    [
      'references beside a name',
      '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-password\n      key: password\n',
    ],
    ['references in one map', 'env: [{name: API_TOKEN, valueFrom: {secretKeyRef: {name: api-token, key: token}}}]\n'],
    ['variables in a misspelt value', '- { name: PGPASSWORD, valeu: $(DATABASE_PASSWORD) }\n'],
    ['volumes', 'volumes:\n  - name: session-secret\n    secret: { secretName: ai-spm-secrets }\n'],
    ['mounts', '- name: api-token\n  mountPath: /tokens\n  subPath: token\n  readOnly: true\n'],
    ['other metadata', 'metadata:\n  name: api-token\n  namespace: ai-spm\n  labels: { app: api }\n  team: platform\n'],
    ['the next entry', '- name: DB_PASSWORD\n- name: MODE\n  value: strict\n'],
    ['other settings', '- name: MODE\n  value: strict\nhost: example.com\n'],
  ])('are told from %s', (_, text) => {
    expect(redact(text)).toBe(text);
  });

  it('are hidden where JSON gives a number', () => {
    expect(redact('{"a":{"password":12345678}}')).toBe('{"a":{"password":********}}');
  });

  it('leave all around them readable', () => {
    expect(redact('- name: DB_PASSWORD\n  valeu: hunter2 # old\n# next\n- name: MODE\n')).toBe(
      '- name: DB_PASSWORD\n  valeu: ******* * ***\n# next\n- name: MODE\n',
    );
    expect(redact('a: {name: API_TOKEN, valu: hunter2, optional: false}\nb: c\n')).toBe(
      'a: {name: API_TOKEN, valu: *******, optional: false}\nb: c\n',
    );
  });
});
