import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, edit } from './example.ts';
import { listKeyDuplicateRule } from './list-key-duplicate.ts';
import { pathsOf } from './rule-testing.ts';

const service = (ports: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports: ${ports}\n`;

describe('list-key-duplicate', () => {
  it('counts init containers and containers together, as the API server does', () => {
    const twin = edit(DEPLOYMENT, {
      '      containers:\n': '      initContainers: [{ name: api-gateway, image: "a:1.0.0" }]\n      containers:\n',
    });
    expect(pathsOf(listKeyDuplicateRule, twin)).toEqual([
      'Deployment/api-gateway /spec/template/spec/containers/0/name',
    ]);
  });

  it('wants names of the ports of a Service as soon as there are two', () => {
    expect(pathsOf(listKeyDuplicateRule, service('[{ port: 80 }]'))).toEqual([]);
    expect(pathsOf(listKeyDuplicateRule, service('[{ name: a, port: 80 }, { port: 81 }]'))).toEqual([
      'Service/web /spec/ports/1',
    ]);
    expect(pathsOf(listKeyDuplicateRule, service('[{ name: a, port: 80 }, { name: a, port: 81 }]'))).toEqual([
      'Service/web /spec/ports/1/name',
    ]);
  });
});
