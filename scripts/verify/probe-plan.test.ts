import { expect, it } from 'vitest';
import { planProbes } from './probe-plan.ts';

const web = { from: 'ingress', to: 'web', port: 80, methods: ['GET' as const], paths: ['/*'] };
const api = {
  from: 'web',
  to: 'api',
  port: 81,
  methods: ['GET' as const, 'POST' as const],
  paths: ['/health', '/run/*'],
};
const database = { from: 'api', to: 'database', port: 5432 };

const lines = (edges: Parameters<typeof planProbes>[0]) =>
  planProbes(edges).map(
    ({ from, to, http, edge }) =>
      `${from} -> ${to} ${http ? `${http.method} ${http.path}` : 'tcp'}: ${edge === undefined ? 'refused' : `edge ${edge}`}`,
  );

it('sends each declared request from its caller, and the same from all others', () => {
  const plan = lines([web, api]);

  expect(plan).toContain('web -> api POST /run/ai-spm-verify: edge 1');
  expect(plan).toContain('outside -> api POST /run/ai-spm-verify: refused');
  expect(plan).toContain('web -> api GET /ai-spm-verify/undeclared: refused');
  expect(plan).toContain('api -> web GET /ai-spm-verify: refused');
});

it('lets through the public gateway what its patterns cover, and asks it only for what it publishes', () => {
  const plan = lines([web, api]).filter((line) => line.startsWith('ingress'));

  expect(plan).toEqual([
    'ingress -> web GET /ai-spm-verify: edge 0',
    'ingress -> web GET /ai-spm-verify/undeclared: edge 0',
    'ingress -> web DELETE /ai-spm-verify/undeclared: refused',
  ]);
});

it('opens a connection where no edge names methods or paths', () => {
  expect(lines([web, api, database]).filter((line) => line.includes('tcp'))).toEqual([
    'web -> database tcp: refused',
    'api -> database tcp: edge 2',
    'outside -> database tcp: refused',
  ]);
});

it('leaves out what cannot be sent from a pod: metrics, kubelet probes, hosts outside the cluster', () => {
  const others = [
    { from: 'prometheus', to: 'web', port: 15020 },
    { from: 'web', to: 'api.example.com', port: 443 },
  ];

  expect(lines([web, ...others])).toEqual(lines([web]));
});
