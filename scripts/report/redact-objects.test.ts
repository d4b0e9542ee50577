import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

describe('values of Secrets', () => {
  it.each([
    ['a misspelt stringData', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringDta:\n  key: hunter2\n'],
    ['a misspelt data', 'dat:\n  key: hunter2\nkind: Secret # sealed later\n'],
    ['a value in the wrong place', 'kind: Secret\nkey: hunter2\n'],
    ['a misspelt kind', 'kind: Secrte\nstringData:\n  key: hunter2\n'],
    ['a misspelt kind in one map', 'kind: Secrte\nstringData: {key: hunter2}\n'],
    ['one map', '{kind: Secret, metadata: {name: a}, stringDta: {key: hunter2}}\n'],
    ['JSON on one line', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"dat":{"key":"hunter2"}}\n'],
    [
      'JSON',
      '{\n  "kind": "Secret",\n  "metadata": {\n    "name": "a"\n  },\n  "dat": {\n    "key": "hunter2"\n  }\n}\n',
    ],
    ['a List', 'kind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    stringDta:\n      key: hunter2\n'],
    ['an inline patch', 'patches:\n  - patch: |-\n      kind: Secret\n      stringDta:\n        key: hunter2\n'],
    ['a JSON patch without its target', '- op: add\n  path: /stringData/key\n  value: hunter2\n'],
    ['keys with other characters', 'kind: Secret\nstringData:\n  "my key": hunter2\n'],
    ['base64 that looks like a literal', 'kind: Secret\ndata:\n  key:\n  hunter2=\n'],
    [
      'the object as applied',
      'kind: ConfigMap\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"kind":"Secret","data":{"key":"hunter2"}}\n  name: a\n',
    ],
    [
      'the object as applied, on one line',
      `metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"key":"hunter2"}}'\n`,
    ],
    [
      'the object as applied, in one map',
      `metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"a":"hunter2"}'}}\n`,
    ],
  ])('are hidden: %s', (_, text) => {
    const shown = redact(text);
    expect(shown).not.toContain('hunter2');
    expect(shown).toHaveLength(text.length);
  });

  it('leave the rest of the Secret readable', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nimmutable: true\nmetadata:\n  annotations:\n    team: platform\n  name: ai-spm-secrets\nstringDta:\n  key: hunter2\ntype: Opaque\n';
    expect(redact(text)).toBe(text.replace('hunter2', '*******'));
  });

  it.each([
    [
      'certificateRefs',
      'tls:\n  certificateRefs:\n    - kind: Secret\n      name: ai-spm-tls\n      sectionName: web\n',
    ],
    ['one map', 'tls: { certificateRefs: [{ kind: Secret, name: ai-spm-tls, sectionName: web }] }\n'],
    ['the target of a patch', 'patches:\n  - path: a.yaml\n    target: { kind: Secret, labelSelector: app=a }\n'],
  ])('are told from references: %s', (_, text) => {
    expect(redact(text)).toBe(text);
  });
});
