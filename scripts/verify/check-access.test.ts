import { expect, it } from 'vitest';
import { checkAccess } from './check-access.ts';
import { planProbes } from './probe-plan.ts';
import { probeCluster } from './testing/probe-cluster.ts';

const edges = [
  { from: 'ingress', to: 'web', port: 80, methods: ['GET' as const], paths: ['/'] },
  { from: 'web', to: 'api', port: 81, methods: ['GET' as const], paths: ['/run'] },
  { from: 'api', to: 'database', port: 5432 },
  { from: 'prometheus', to: 'web', port: 15020 },
];
const probes = planProbes(edges);

/** What curl writes behind the id of a probe: status, its exit code, the time that the callee took, the server, the length. */
const SERVED = '200\t0\t3\tenvoy\t2';
const BY_POLICY = '403\t0\t1\tenvoy\t19';
const CLOSED = '000\t52\t\t\t';
const UNRESOLVED = '000\t6\t\t\t';

type Probe = (typeof probes)[number];
/** As it should be: who is in the mesh is refused by the policy of the callee, who is not by the end of the connection. */
function orderly({ from, http, edge, onPod }: Probe): string {
  if (!http) return edge === undefined ? '' : 'N';
  if (edge !== undefined || onPod) return SERVED;
  return from === 'outside' ? CLOSED : BY_POLICY;
}

/** @returns the code and message of each problem */
async function problemsOf(answer: (probe: Probe) => string) {
  const { connection } = probeCluster((_, command) =>
    probes
      .filter(({ id }) => new RegExp(`'${id}\\\\t`).test(command[2] ?? ''))
      .map((probe) => `${probe.id}\t${answer(probe)}`)
      .join('\n'),
  );
  const sourceOf = (edge: number) => ({ file: 'base/access.yaml', line: edge, column: 1 });
  const { problems, facts } = await checkAccess(connection, { edges, sourceOf }, 'curl');
  return { facts, lines: problems.map(({ code, message }) => `${code.code} ${message}`) };
}

const NETWORK = 'MESH108 `outside` -> a pod of `web` port 15020 GET /stats/prometheus: status 200';

it('has nothing against a cluster that does what is declared, but that its network is no fence', async () => {
  const { lines, facts } = await problemsOf(orderly);

  expect(lines).toEqual([NETWORK]);
  expect(facts.byCallee).toBeGreaterThan(facts.declared);
  expect(facts.byCallee + facts.byCaller).toBeLessThan(facts.undeclared);
});

it('ACC101: a declared request that is refused, at its edge', async () => {
  const { lines } = await problemsOf((probe) => (probe.edge === 1 ? BY_POLICY : orderly(probe)));

  expect(lines).toEqual(['ACC101 `web` -> `api` port 81 GET /run: status 403 by policy', NETWORK]);
});

it('ACC102: a callee whose policy is open is seen by the intruder, where all others are stopped by their own Sidecar', async () => {
  const { lines } = await problemsOf((probe) => {
    if (probe.from === 'intruder' && probe.to === 'api') return SERVED;
    return probe.edge === undefined && probe.http && !probe.onPod && probe.from !== 'intruder'
      ? CLOSED
      : orderly(probe);
  });

  expect(lines).toContain('ACC102 `intruder` -> `api` port 81 GET /run: status 200, and no edge declares it');
  expect(lines.filter((line) => !line.includes('`intruder` -> `api`'))).toEqual([NETWORK]);
});

it('ACC102: a callee that does not look at the method', async () => {
  const { lines } = await problemsOf((probe) =>
    probe.http?.method === 'DELETE' && probe.from === 'web' && probe.http.path === '/run' ? SERVED : orderly(probe),
  );

  expect(lines).toEqual(['ACC102 `web` -> `api` port 81 DELETE /run: status 200, and no edge declares it', NETWORK]);
});

it('K8S102: an intruder that does not come to the callee shows nothing, but where the network holds it back', async () => {
  const stopped = (probe: Probe) => (probe.from === 'intruder' && probe.http ? CLOSED : orderly(probe));
  const held = (probe: Probe) => (probe.onPod && probe.edge === undefined ? CLOSED : stopped(probe));

  expect((await problemsOf(stopped)).lines).toContain(
    'K8S102 `intruder` -> `web` port 80 GET /: connection refused or reset, so the policy of `web` was not asked',
  );
  expect((await problemsOf(held)).lines).toEqual([]);
});

it('K8S102: a name that does not resolve is no refusal', async () => {
  const { lines } = await problemsOf((probe) => (probe.from === 'api' && probe.http ? UNRESOLVED : orderly(probe)));

  expect(lines).toContain('K8S102 `api` -> `web` port 80 GET /: the name does not resolve');
});

it('K8S102: a request of which nothing comes back is no refusal', async () => {
  const { lines } = await problemsOf((probe) => (probe.edge === undefined && probe.http ? '' : orderly(probe)));

  expect(lines).toContain('K8S102 `outside` -> `web` port 80 GET /: nothing is known of it');
});

it('calls from another namespace go to the namespace of the workloads', async () => {
  const scripts = new Map<string, string>();
  const { connection } = probeCluster(({ pod, namespace }, command) => {
    scripts.set(`${namespace}/${pod.replace(/-\d+$/, '')}`, command[2] ?? '');
    return '';
  });
  const foreign = [...edges, { from: 'monitoring/grafana', to: 'web', port: 80, methods: ['GET' as const] }];
  await checkAccess(connection, { edges: foreign, sourceOf: () => ({ file: '', line: 1, column: 1 }) }, 'curl');

  expect(scripts.get('monitoring/verify-monitoring-grafana')).toContain('http://web.ai-spm:80/');
  expect(scripts.get('ai-spm/verify-api')).toContain('http://web:80/');
});

it('K8S102: a caller whose requests cannot be sent hides no other', async () => {
  const { lines } = await problemsOf((probe) => {
    if (probe.from === 'web') throw new Error('the connection ended before the command did');
    return probe.from === 'intruder' && probe.to === 'api' ? SERVED : orderly(probe);
  });

  expect(lines[0]).toMatch(/^K8S102 the \d+ requests of web: the connection ended before the command did$/);
  expect(lines).toContain('ACC102 `intruder` -> `api` port 81 GET /run: status 200, and no edge declares it');
});
