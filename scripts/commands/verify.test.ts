import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FORMATS, type Format } from '../report/format.ts';
import { ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { verify } from './verify.ts';

interface Answer {
  status?: number;
  type?: string;
  body?: string;
}

/** @returns the address of a server */
async function serving(answer: (path: string) => Answer): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const { status = 200, type = 'application/json', body } = answer(url);
    response.writeHead(status, type ? { 'content-type': type } : {}).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A kubeconfig with two contexts: a cluster that holds nothing, and one that does not answer. */
async function kubeconfig(): Promise<string> {
  const address = await serving((path) => {
    const body = { items: [], data: { name: 'empty' } };
    return { body: JSON.stringify(path.startsWith('/api/v1/namespaces?') ? { kind: 'NamespaceList', ...body } : body) };
  });
  const text = `apiVersion: v1
kind: Config
clusters:
  - { name: empty, cluster: { server: "${address}", insecure-skip-tls-verify: true } }
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

async function findingsAt(answer: Answer) {
  const server = await serving(() => answer);
  const text = `apiVersion: v1
kind: Config
clusters: [{ name: one, cluster: { server: "${server}", insecure-skip-tls-verify: true } }]
users: [{ name: one, user: {} }]
contexts: [{ name: one, context: { cluster: one, user: one } }]
`;
  const file = join(temporaryTree({ 'of mine': text }), 'of mine');
  const outputFile = join(temporaryTree({}), 'findings');
  const code = await verify(ROOT, { ...OPTIONS, context: ['one'], output: 'json', outputFile, kubeconfig: file });
  return { code, file, findings: JSON.parse(readFileSync(outputFile, 'utf8')).findings };
}

const NONE = 'what answers at the address of context `one` is no Kubernetes API';

it.each<[string, Answer, string]>([
  ['a web page', { type: 'text/html', body: '<html></html>' }, NONE],
  ['text', { type: '', body: 'ok' }, NONE],
  ['broken JSON', { body: '{"items":' }, NONE],
  ['other JSON', { body: '{"items":[]}' }, NONE],
  ['null', { body: 'null' }, NONE],
  ['404 of a web server', { status: 404, type: 'text/plain', body: '{oops' }, NONE],
  [
    '502 of a proxy',
    { status: 502, type: 'text/html', body: '<html></html>' },
    'the cluster of context `one` answers 502',
  ],
  [
    '503 of an API server',
    { status: 503, body: '{"kind":"Status","message":"etcd is down"}' },
    'the cluster of context `one` answers 503 (etcd is down)',
  ],
])(
  '%s where a cluster should be is one finding, with the command to try, and blames no file',
  async (_, answer, what) => {
    const { code, file, findings } = await findingsAt(answer);

    expect(code).toBe(2);
    expect(findings).toMatchObject([
      {
        code: 'K8S102',
        source: { file: 'docs/verify.md' },
        message: expect.stringContaining(what),
        fix: `try: kubectl --kubeconfig '${file}' --context one get namespaces`,
      },
    ]);
  },
);
