import { describe, expect, it } from 'vitest';
import { parseObjects } from '../render/rendered.ts';
import { type Edge, edgeChanges, edgeTexts, grantedEdges } from './edges.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: demo }
spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [] } } }
---
`;
const policy = (spec: string) => `${WEB}apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: demo }
spec: ${spec}
`;
const rule = (paths: string, methods = 'GET') =>
  `{ rules: [{ from: [{ source: { principals: [cluster.local/ns/demo/sa/api] } }], to: [{ operation: { ports: ["80"], methods: [${methods}], paths: [${paths}] } }] }] }`;

function change(before: string, after: string): { gained: string[]; lost: string[] } {
  const { gained, lost } = edgeChanges(grantedEdges(parseObjects(before)), grantedEdges(parseObjects(after)));
  return { gained: edgeTexts(gained), lost: edgeTexts(lost) };
}

describe('grantedEdges', () => {
  it('names caller, callee, port and request', () => {
    expect(edgeTexts(grantedEdges(parseObjects(policy(rule('/a', 'GET, PUT')))))).toEqual([
      'demo/api → demo/web port 80: GET, PUT /a',
    ]);
  });

  it('counts a workload without ALLOW policies as open, one with an empty policy as closed', () => {
    expect(edgeTexts(grantedEdges(parseObjects(WEB)))).toEqual(['anyone → demo/web: any request']);
    expect(grantedEdges(parseObjects(policy('{}')))).toEqual([]);
    expect(grantedEdges(parseObjects(policy('{ action: DENY, rules: [{}] }')))).toHaveLength(1);
  });
});

describe('edgeChanges', () => {
  it('shows what is widened as gained alone, what is narrowed as lost alone', () => {
    const [narrow, wide] = [policy(rule('/a/b')), policy(rule('/a/*'))];
    expect(change(narrow, wide)).toEqual({ gained: ['demo/api → demo/web port 80: GET /a/*'], lost: [] });
    expect(change(wide, narrow)).toEqual({ gained: [], lost: ['demo/api → demo/web port 80: GET /a/*'] });
    expect(change(policy(rule('/a')), policy(rule('/b')))).toEqual({
      gained: ['demo/api → demo/web port 80: GET /b'],
      lost: ['demo/api → demo/web port 80: GET /a'],
    });
  });

  it('tells when the last fence of a workload goes', () => {
    expect(change(policy('{}'), WEB).gained).toEqual(['anyone → demo/web: any request']);
  });

  it('names the same edge once', () => {
    const edge: Edge = { from: 'a', to: 'b', port: '1', method: 'GET', path: '*' };
    expect(edgeChanges([], [edge, edge]).gained).toEqual([edge]);
    expect(edgeTexts([edge])).toEqual(['a → b port 1: GET on any path']);
  });
});
