import { describe, expect, it } from 'vitest';
import type { FieldPath } from '../resources/kube-object.ts';
import { locate, rangeOf } from './locate.ts';
import { parseYaml, positionAt } from './yaml-file.ts';

const TEXT = `kind: Service
spec:
  ports:
    - name: http
      port: 80
    - name: tls
      port: 443
  args: [a, b]
  empty:
`;

function placeOf(path: FieldPath, rendered?: unknown, at?: 'key'): string | undefined {
  const file = parseYaml('a.yaml', TEXT);
  const located = locate(file.documents[0]?.contents ?? null, path, rendered);
  if (!located) return undefined;
  const { line, column, endColumn } = positionAt(file, rangeOf(located, at));
  return `${line}:${column}-${endColumn}`;
}

describe('locate', () => {
  it('finds values, and keys where asked or where the value runs over lines', () => {
    expect(placeOf(['kind'])).toBe('1:7-14');
    expect(placeOf(['kind'], undefined, 'key')).toBe('1:1-5');
    expect(placeOf(['spec', 'ports'])).toBe('3:3-8');
    expect(placeOf(['spec', 'ports', 1, 'port'])).toBe('7:13-16');
    expect(placeOf(['spec', 'empty'])).toBeDefined();
  });

  it('follows an element that stands elsewhere in the rendered list', () => {
    const rendered = { spec: { ports: [{ name: 'grpc' }, { name: 'http' }, { name: 'tls', port: 8443 }] } };
    expect(placeOf(['spec', 'ports', 2, 'port'], rendered)).toBe('7:13-16');
    expect(placeOf(['spec', 'ports', 0, 'port'], rendered)).toBeUndefined();
    expect(placeOf(['spec', 'args', 1], { spec: { args: ['z', 'a'] } })).toBe('8:10-11');
  });

  it('finds nothing beyond the file', () => {
    expect(placeOf(['spec', 'ports', 5])).toBeUndefined();
    expect(placeOf(['spec', 'kind'])).toBeUndefined();
    expect(placeOf(['kind', 'x'])).toBeUndefined();
  });
});
