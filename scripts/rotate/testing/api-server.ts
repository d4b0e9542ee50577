import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PROGRAM_MODULES } from '../../lab/program-list.ts';
import { buildPrograms } from '../../lab/programs.ts';
import { waitFor } from '../../system/wait-for.ts';
import { checkReachable, connect } from '../../verify/connection.ts';

export interface ApiServer {
  address: string;
  /** Of somebody who may do everything; its context is `test`. */
  kubeconfig: string;
  stop(): Promise<void>;
}

/** A real API server with its store, and the controller that fills token Secrets: no node, nothing runs on it. */
export async function startApiServer(): Promise<ApiServer> {
  const modules = PROGRAM_MODULES.filter(({ folder }) => folder === 'etcd' || folder === 'kubernetes');
  const { paths } = await buildPrograms(modules);
  const folder = mkdtempSync(join(tmpdir(), 'ai-spm-mesh-test-'));
  const at = (name: string) => join(folder, name);
  const [store, peer, secure] = (await freePorts(3)) as [number, number, number];
  const address = `https://127.0.0.1:${secure}`;
  const token = randomBytes(16).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(at('accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(at('tokens.csv'), `${token},admin,1,"system:masters"\n`);
  const processes: ChildProcess[] = [];
  const start = (program: string, flags: Record<string, string>) => {
    const output = openSync(at(`${program}.log`), 'a');
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    processes.push(spawn(paths.get(program) ?? '', args, { cwd: folder, stdio: ['ignore', output, output] }));
  };
  const stop = async () => {
    for (const one of processes.reverse()) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      const ended = new Promise((resolve) => one.once('exit', resolve));
      one.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    start('etcd', {
      'data-dir': at('etcd'),
      ...{ 'listen-client-urls': `http://127.0.0.1:${store}`, 'advertise-client-urls': `http://127.0.0.1:${store}` },
      ...{ 'listen-peer-urls': `http://127.0.0.1:${peer}`, 'initial-advertise-peer-urls': `http://127.0.0.1:${peer}` },
      'initial-cluster': `default=http://127.0.0.1:${peer}`,
    });
    start('kube-apiserver', {
      'etcd-servers': `http://127.0.0.1:${store}`,
      ...{ 'bind-address': '127.0.0.1', 'advertise-address': '127.0.0.1', 'secure-port': String(secure) },
      // Nobody looks for it as a Service, and it may not be announced at an address of this machine only.
      'endpoint-reconciler-type': 'none',
      'cert-dir': at('certificates'),
      ...{ 'authorization-mode': 'RBAC', 'token-auth-file': at('tokens.csv') },
      'service-account-issuer': 'https://kubernetes.default.svc',
      ...{ 'service-account-key-file': at('accounts.key'), 'service-account-signing-key-file': at('accounts.key') },
      'service-cluster-ip-range': '10.0.0.0/24',
    });
    const certificate = at('certificates/apiserver.crt');
    await until('the API server has a certificate', async () => existsSync(certificate));
    const kubeconfig = at('kubeconfig');
    writeFileSync(kubeconfig, adminConfig(address, readFileSync(certificate), token));
    await until('the API server answers', () => checkReachable(connect('test', kubeconfig)).then(() => true));
    start('kube-controller-manager', {
      kubeconfig,
      controllers: 'serviceaccount-token-controller,serviceaccount-controller',
      'service-account-private-key-file': at('accounts.key'),
      'root-ca-file': certificate,
      ...{ 'leader-elect': 'false', 'secure-port': '0' },
    });
    return { address, kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws UserError where it is not so within a minute */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const fix = 'what the programs print is in their logs, beside the kubeconfig';
  await waitFor(async () => (await isSo()) || undefined, { what, timeoutMs: 60_000, everyMs: 200, fix });
}

function adminConfig(server: string, authority: Buffer, token: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority.toString('base64') } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  return Promise.all(
    servers.map(async (server) => {
      const found = server.address();
      await new Promise((resolve) => server.close(resolve));
      return typeof found === 'object' && found ? found.port : 0;
    }),
  );
}
