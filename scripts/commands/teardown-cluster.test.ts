import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROOT, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { connect } from '../verify/connection.ts';
import { type CustomObjects, liveApplications } from './live-applications.ts';
import { type Applications, type LiveApplication, removeApplications } from './teardown-cluster.ts';

function application(name: string, cluster: string | undefined, wave = '0'): LiveApplication {
  const labels = cluster === undefined ? {} : { 'ai-spm.io/cluster': cluster };
  return { metadata: { name, labels, annotations: { 'argocd.argoproj.io/sync-wave': wave } } };
}

/** Argo CD as far as it is asked; keeps what was done. */
function argoCd(all: LiveApplication[]): Applications & { done: string[] } {
  let left = all;
  const done: string[] = [];
  return {
    done,
    list: async () => left,
    setFinalizers: async (name, finalizers) => {
      done.push(`${name}: ${finalizers.join() || 'keeps'}`);
    },
    remove: async (name) => {
      done.push(`- ${name}`);
      left = left.filter(({ metadata }) => metadata.name !== name);
    },
  };
}

const FLEET = [
  application('root', undefined),
  application('old', undefined),
  application('old-istio-base', 'old', '0'),
  application('old-istiod', 'old', '2'),
  application('old-ai-spm', 'old', '3'),
  application('other', undefined),
  application('other-ai-spm', 'other', '3'),
];

describe('cluster teardown', () => {
  it('takes what brings the others first, then the last wave first, and nothing of other clusters', async () => {
    const argo = argoCd(FLEET);
    expect(await removeApplications(argo, 'old', false, () => {})).toBe(4);
    expect(argo.done).toEqual([
      '- old',
      'old-ai-spm: keeps',
      '- old-ai-spm',
      'old-istiod: keeps',
      '- old-istiod',
      'old-istio-base: keeps',
      '- old-istio-base',
    ]);
    expect(await removeApplications(argo, 'old', false, () => {})).toBe(0);
  });

  it('lets Argo CD delete what was deployed only where that is asked for', async () => {
    const argo = argoCd(FLEET);
    await removeApplications(argo, 'old', true, () => {});
    expect(argo.done).toContain('old-ai-spm: resources-finalizer.argocd.argoproj.io');
  });

  it('refuses a cluster that has a record, another name, and to go on without anybody to ask', () => {
    const run = (...args: string[]) => runCli(ROOT, ['cluster', 'teardown', ...args, '--context', 'management']);
    const refusals: [string[], string][] = [
      [['dev-eu', '--confirm', 'dev-eu'], 'dev-eu still has a record'],
      [['gone', '--confirm', 'gnoe'], '`gnoe` is not the name of the cluster'],
      [['gone'], 'give --confirm gone'],
    ];
    for (const [args, message] of refusals)
      expect(run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('sends a JSON patch, which asks for no version of the object', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        requests.push([request.method, request.url, request.headers['content-type'], body].join(' '));
        response.setHeader('content-type', 'application/json').end('{"items":[]}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: one, cluster: { server: "${url}", insecure-skip-tls-verify: true } }]
users: [{ name: one, user: {} }]
contexts: [{ name: one, context: { cluster: one, user: one } }]
`;
    const file = join(temporaryTree({ kubeconfig }), 'kubeconfig');
    const live = liveApplications(connect('one', file).custom as unknown as CustomObjects);
    await live.setFinalizers('old', []);
    await live.remove('old');
    expect(await live.list()).toEqual([]);
    const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
    expect(requests.map((one) => one.trim())).toEqual([
      `PATCH ${path}/old application/json-patch+json [{"op":"add","path":"/metadata/finalizers","value":[]}]`,
      expect.stringContaining(`DELETE ${path}/old`),
      expect.stringContaining(`GET ${path}`),
    ]);
  });
});
