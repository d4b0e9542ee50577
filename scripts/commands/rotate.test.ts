import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { copyOfRepository, ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { init } from './rotate.ts';

it('rotate init asks a cluster who it is before it gives it a key', async () => {
  const asked: string[] = [];
  const server = createServer(({ method, url = '' }, response) => {
    asked.push(`${method} ${url.split('?')[0]}`);
    const body = url.includes('cluster-info') ? { data: { name: 'prod-us' } } : { kind: 'NamespaceList', items: [] };
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const text = `apiVersion: v1
kind: Config
clusters: [{ name: one, cluster: { server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true } }]
users: [{ name: one, user: {} }]
contexts: [{ name: one, context: { cluster: one, user: one } }]
`;
  const kubeconfig = join(temporaryTree({ kubeconfig: text }), 'kubeconfig');

  await expect(init(ROOT, 'prod-eu', { context: 'one', kubeconfig })).rejects.toThrow(
    'the cluster of context `one` is prod-us, not prod-eu',
  );
  await expect(init(ROOT, 'mars', { context: 'one', kubeconfig })).rejects.toThrow(
    'no valid record of a cluster `mars`',
  );
  expect(asked).toEqual(['GET /api/v1/namespaces', 'GET /api/v1/namespaces/ai-spm/configmaps/cluster-info']);
});

it('rotate init takes a context or a certificate, not both', async () => {
  await expect(init(ROOT, 'prod-eu', { context: 'one', certificate: 'sealing.crt' })).rejects.toThrow(
    '--certificate and --context cannot be given together',
  );
});

it.each([
  [{ rootCertificate: 'root.pem' }, '--root-certificate says nothing without --chain FILE'],
  [{ rsa: true }, '--rsa says nothing without --mesh-request'],
])('rotate init refuses what would be left unused: %j', async (options, message) => {
  await expect(init(ROOT, 'prod-eu', { context: 'one', ...options })).rejects.toThrow(message);
});

it('rotate init says each time that a member of the federation has no authority of the mesh', async () => {
  const root = copyOfRepository();
  const certificate = join(temporaryTree({}), 'sealing.crt');
  writeFileSync(certificate, inject('sealingKey').certificate);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      said[stream] += text;
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  const output = async (cluster: string) => {
    Object.assign(said, { stdout: '', stderr: '' });
    await init(root, cluster, { certificate });
    return { ...said };
  };
  const lacking = 'no authority under the root of the mesh';

  expect((await output('prod-eu')).stderr).toContain(lacking);
  expect(await output('prod-eu')).toEqual({ stdout: '', stderr: expect.stringContaining(lacking) });
  // A mesh of its own: its istiod makes itself one.
  expect((await output('dev-eu')).stderr).not.toContain(lacking);
  expect((await output('dev-eu')).stdout).toBe('nothing to do: dev-eu has its secrets\n');
});
