import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { init } from './rotate.ts';

it('rotate init asks a cluster who it is before it gives it a key', async () => {
  const asked: string[] = [];
  const server = createServer(({ method, url = '' }, response) => {
    asked.push(`${method} ${url.split('?')[0]}`);
    const body = url.includes('cluster-info') ? { data: { name: 'prod-us' } } : { items: [] };
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
