import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gitRepository } from '../testing/git-repository.ts';
import { copyOfRepository, edit, runCli } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { connect } from '../verify/connection.ts';
import { demandGoneFromGit } from './gone-from-git.ts';
import { type CustomObjects, liveApplications } from './live-applications.ts';
import { type Applications, type LiveApplication, removeApplications } from './remove-applications.ts';

function application(name: string, cluster: string | undefined, wave = '0'): LiveApplication {
  const labels = cluster === undefined ? {} : { 'ai-spm.io/cluster': cluster };
  return { metadata: { name, uid: name, labels, annotations: { 'argocd.argoproj.io/sync-wave': wave } } };
}

function ofSet(name: string): LiveApplication {
  const { metadata } = application(name, undefined);
  return { metadata: { ...metadata, ownerReferences: [{ kind: 'ApplicationSet', name: 'clusters' }] } };
}

/** Argo CD as far as it is asked; keeps what was done. With `remakes` it makes that Application anew as soon as it is gone. */
function argoCd(all: LiveApplication[], remakes?: string): Applications & { done: string[] } {
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
      left = left.flatMap((one) => {
        if (one.metadata.name !== name) return [one];
        return name === remakes ? [{ metadata: { ...one.metadata, uid: 'another' } }] : [];
      });
    },
  };
}

const FLEET = [
  application('root', undefined),
  ofSet('old'),
  application('old-istio-base', 'old', '0'),
  application('old-istiod', 'old', '2'),
  application('old-ai-spm', 'old', '3'),
  ofSet('other'),
  application('other-ai-spm', 'other', '3'),
];

const OLD = { cluster: 'old', workloads: false, tell: () => {}, quietMs: 0 };

describe('cluster teardown', () => {
  it('takes what brings the others first, then the last wave first, and nothing of other clusters', async () => {
    const argo = argoCd(FLEET);
    expect(await removeApplications(argo, OLD)).toBe(4);
    expect(argo.done).toEqual([
      'old: keeps',
      '- old',
      'old-ai-spm: keeps',
      '- old-ai-spm',
      'old-istiod: keeps',
      '- old-istiod',
      'old-istio-base: keeps',
      '- old-istio-base',
    ]);
    expect(await removeApplications(argo, OLD)).toBe(0);
  });

  it('lets Argo CD delete what was deployed only where that is asked for', async () => {
    const argo = argoCd(FLEET);
    await removeApplications(argo, { ...OLD, workloads: true });
    expect(argo.done).toContain('old-ai-spm: resources-finalizer.argocd.argoproj.io');
    expect(argo.done).toContain('old: keeps');
  });

  it('deletes no Application that the set did not make', async () => {
    const argo = argoCd(FLEET);
    await expect(removeApplications(argo, { ...OLD, cluster: 'root' })).rejects.toThrow('there is no cluster `root`');
    expect(argo.done).toEqual([]);
  });

  it.each([
    ['old', 'before anything that was deployed is deleted', 2],
    ['old-istio-base', 'at the end', 8],
  ])('says that Argo CD makes %s anew, %s', async (name, _, steps) => {
    const argo = argoCd(FLEET, name);
    const removal = removeApplications(argo, { ...OLD, workloads: true });
    await expect(removal).rejects.toThrow(`Argo CD has made ${name} anew`);
    expect(argo.done).toHaveLength(steps);
  });

  it('refuses while the cluster is in the branch that Argo CD follows, whatever is merged here', async () => {
    const { root, git, commit } = gitRepository({ '.gitignore': 'node_modules\n' }, copyOfRepository());
    const server = temporaryTree({});
    git('clone', '--quiet', '--bare', '.', server);
    await expect(demandGoneFromGit(root, 'gone')).rejects.toThrow('whether gone is gone from `main` cannot be known');
    git('remote', 'add', 'origin', server);
    await demandGoneFromGit(root, 'gone');

    rmSync(join(root, 'clusters/dev-eu/cluster.yaml'));
    await expect(demandGoneFromGit(root, 'dev-eu')).rejects.toThrow('dev-eu is still in git: clusters/dev-eu is there');
    rmSync(join(root, 'clusters/dev-eu'), { recursive: true });
    commit({ 'argocd/clusters/dev-eu.yaml': undefined });
    await expect(demandGoneFromGit(root, 'dev-eu')).rejects.toThrow(
      'dev-eu is still in `main`: it holds argocd/clusters/dev-eu.yaml and clusters/dev-eu',
    );
    git('push', '--quiet', 'origin', 'main');
    await demandGoneFromGit(root, 'dev-eu');

    const hostile = `--upload-pack=touch ${join(server, 'ran')}`;
    edit(root, 'argocd/root.yaml', 'targetRevision: main', `targetRevision: "${hostile}"`);
    await expect(demandGoneFromGit(root, 'dev-eu')).rejects.toMatchObject({
      details: { fix: `see that \`git fetch origin '${hostile}'\` works` },
    });
    expect(existsSync(join(server, 'ran'))).toBe(false);
    edit(root, 'argocd/root.yaml', hostile, 'main');

    const run = (...args: string[]) => runCli(root, ['cluster', 'teardown', ...args, '--context', 'management']);
    const refusals: [string[], string][] = [
      [['prod-us', '--confirm', 'prod-us'], 'prod-us is still in git'],
      [['gone', '--confirm', 'gnoe'], '`gnoe` is not the name of the cluster'],
      [['gone'], 'give --confirm gone'],
    ];
    for (const [args, message] of refusals)
      expect(run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('takes what is gone for deleted, and says where no Argo CD is', async () => {
    const missing = () => Promise.reject(Object.assign(new Error('HTTP-Code: 404'), { code: 404 }));
    const live = liveApplications(
      {
        listNamespacedCustomObject: missing,
        patchNamespacedCustomObject: missing,
        deleteNamespacedCustomObject: missing,
      },
      'prod-eu',
    );
    await live.setFinalizers('old', []);
    await live.remove('old');
    await expect(live.list()).rejects.toThrow('there is no Argo CD in the cluster of context `prod-eu`');
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
    const live = liveApplications(connect('one', file).custom as unknown as CustomObjects, 'one');
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
