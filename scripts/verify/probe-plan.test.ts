import { expect, it } from 'vitest';
import { planProbes, workloadsOf } from './probe-plan.ts';

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
    'ingress -> web DELETE /ai-spm-verify: refused',
  ]);
});

it('sends an intruder with everything that anybody may send, and a few more, to each port', () => {
  expect(lines([web, api, database]).filter((line) => line.startsWith('intruder'))).toEqual([
    'intruder -> web GET /ai-spm-verify: refused',
    'intruder -> web GET /ai-spm-verify/undeclared: refused',
    'intruder -> web DELETE /ai-spm-verify/undeclared: refused',
    'intruder -> api GET /health: refused',
    'intruder -> api GET /run/ai-spm-verify: refused',
    'intruder -> api POST /health: refused',
    'intruder -> api POST /run/ai-spm-verify: refused',
    'intruder -> api GET /ai-spm-verify/undeclared: refused',
    'intruder -> api DELETE /ai-spm-verify/undeclared: refused',
    'intruder -> database tcp: refused',
  ]);
});

it('sends a method that is not declared on each path that is, from those who may reach the callee', () => {
  const reads = { ...web, paths: ['/page'] };
  const all = { ...web, methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as never[], paths: ['/api/*'] };
  const undeclared = (edges: Parameters<typeof lines>[0], from: string) =>
    lines(edges).filter((line) => line.startsWith(from) && !line.includes('undeclared') && line.endsWith(': refused'));

  expect(undeclared([reads, api], 'web -> api')).toEqual([
    'web -> api DELETE /health: refused',
    'web -> api DELETE /run/ai-spm-verify: refused',
  ]);
  expect(undeclared([reads, all], 'ingress')).toContain('ingress -> web DELETE /page: refused');
  expect(undeclared([all], 'ingress')).toEqual(['ingress -> web OPTIONS /api/ai-spm-verify: refused']);
  expect(undeclared([{ from: 'web', to: 'api', port: 81, paths: ['/any'] }], 'web -> api')).toEqual([]);
});

it('opens a connection where no edge names methods or paths', () => {
  expect(lines([web, api, database]).filter((line) => line.includes('tcp'))).toEqual([
    'web -> database tcp: refused',
    'api -> database tcp: edge 2',
    'outside -> database tcp: refused',
    'intruder -> database tcp: refused',
  ]);
});

it('reads the metrics of a pod as prometheus, and as one whom only a NetworkPolicy holds back', () => {
  const plan = planProbes([web, { from: 'prometheus', to: 'web', port: 15020 }]).filter(({ onPod }) => onPod);

  expect(plan.map(({ from, to, port, http, edge }) => [from, to, port, http?.path, edge])).toEqual([
    ['prometheus', 'web', 15020, '/stats/prometheus', 1],
    ['outside', 'web', 15020, '/stats/prometheus', undefined],
  ]);
});

it('calls hosts outside the cluster from every workload, under their own name and under another', () => {
  const plan = planProbes([web, api, { from: 'api', to: 'example.com', port: 443 }]).filter((one) => one.serverName);

  expect(plan.map(({ from, to, serverName, edge }) => [from, to, serverName, edge])).toEqual([
    ['web', 'example.com', 'example.com', undefined],
    ['web', 'example.com', 'undeclared.ai-spm-verify.example', undefined],
    ['api', 'example.com', 'example.com', 2],
    ['api', 'example.com', 'undeclared.ai-spm-verify.example', undefined],
  ]);
});

it('takes an account of another namespace for a caller, and for no workload that must run here', () => {
  const grafana = { ...web, from: 'monitoring/grafana' };
  const alerts = { from: 'monitoring/grafana', to: 'example.com', port: 443 };
  const plan = planProbes([web, api, grafana, alerts]);

  expect(workloadsOf([web, api, grafana, alerts])).toEqual(['web', 'api']);
  expect(plan.filter(({ to }) => to.includes('/'))).toEqual([]);
  expect(lines([web, api, grafana, alerts]).filter((line) => line.startsWith('monitoring'))).toEqual([
    'monitoring/grafana -> web GET /ai-spm-verify: edge 2',
    'monitoring/grafana -> web GET /ai-spm-verify/undeclared: edge 2',
    'monitoring/grafana -> web DELETE /ai-spm-verify/undeclared: refused',
    'monitoring/grafana -> web DELETE /ai-spm-verify: refused',
    'monitoring/grafana -> api GET /health: refused',
    'monitoring/grafana -> api GET /run/ai-spm-verify: refused',
    'monitoring/grafana -> api POST /health: refused',
    'monitoring/grafana -> api POST /run/ai-spm-verify: refused',
    'monitoring/grafana -> api GET /ai-spm-verify/undeclared: refused',
    'monitoring/grafana -> api DELETE /ai-spm-verify/undeclared: refused',
    'monitoring/grafana -> example.com tcp: edge 3',
  ]);
});

it('leaves out what only the kubelet can send', () => {
  expect(lines([web, { from: 'kubelet', to: 'web', port: 15021 }])).toEqual(lines([web]));
});

it('gives every probe an id of its own', () => {
  const ids = planProbes([web, api, database, { from: 'api', to: 'example.com', port: 443 }]).map(({ id }) => id);

  expect(new Set(ids).size).toBe(ids.length);
});
