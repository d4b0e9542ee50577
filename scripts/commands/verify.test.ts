import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FORMATS, type Format } from '../report/format.ts';
import { ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { verify } from './verify.ts';

/** A kubeconfig with two contexts: a cluster that holds nothing, and one that does not answer. */
async function kubeconfig(): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: [], data: { name: 'empty' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const text = `apiVersion: v1
kind: Config
clusters:
  - { name: empty, cluster: { server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true } }
  - { name: gone, cluster: { server: "https://127.0.0.1:1" } }
users: [{ name: one, user: { token: secret-token } }]
contexts:
  - { name: empty, context: { cluster: empty, user: one } }
  - { name: gone, context: { cluster: gone, user: one } }
`;
  return join(temporaryTree({ kubeconfig: text }), 'kubeconfig');
}

const OPTIONS = { failOn: 'error', color: false, probeImage: '' } as const;

/** Exit code, and what is written. */
async function run(context: string[], output: Format): Promise<{ code: number; text: string }> {
  const outputFile = join(temporaryTree({}), 'findings');
  const code = await verify(ROOT, { ...OPTIONS, context, output, outputFile, kubeconfig: await kubeconfig() });
  return { code, text: readFileSync(outputFile, 'utf8') };
}

it('is exit code 1 for findings', async () => {
  const { code, text } = await run(['empty'], 'json');
  const codes = JSON.parse(text).findings.map(({ code }: { code: string }) => code);

  expect(code).toBe(1);
  expect(new Set(codes)).toEqual(new Set(['ARGO101', 'K8S101', 'MESH102', 'MESH105', 'MESH109']));
});

it.each(FORMATS)(
  'a cluster that does not answer is exit code 2, and as %s it hides no finding of another',
  async (output) => {
    const { code, text } = await run(['gone', 'empty'], output);

    expect(code).toBe(2);
    expect(text).toMatch(/does not answer[\s\S]*ECONNREFUSED/);
    expect(text).toContain('istiod has no pod that is ready');
    expect(text).not.toMatch(/secret-token|\n {4}at /);
  },
);
