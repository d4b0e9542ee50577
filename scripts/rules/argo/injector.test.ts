import { describe, expect, it } from 'vitest';
import { checkRepository } from '../../check/check-repository.ts';
import { noCache } from '../../render/render-cache.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { realKustomize } from '../../testing/kustomize.ts';
import { temporaryTree } from '../../testing/temp-repository.ts';
import { application, argoTree } from './example.ts';

const chart = (folder: string, name: string, values: string) => ({
  [`${folder}/Chart.yaml`]: `apiVersion: v2\nname: part\nversion: 1.0.0\ndependencies: [{ name: ${name}, version: 1.31.0 }]\n`,
  [`${folder}/values.yaml`]: `${name}: ${values}\n`,
});

/** What is found where the labels of a namespace, a gateway and an istiod are these. */
async function found(labels: string, gateway: string, ...istiods: string[]): Promise<string[]> {
  const tree = argoTree({
    ...Object.fromEntries(
      istiods.flatMap((values, index) => [
        [`istiod-${index}.yaml`, application(`istiod-${index}`, { path: `parts/istiod-${index}`, wave: 1 })],
        ...Object.entries(chart(`parts/istiod-${index}`, 'istiod', values)),
      ]),
    ),
    'web.yaml': application('web', { path: 'parts/web', wave: 2 }),
    'parts/web/namespace.yaml': `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: demo\n  labels: { ${labels} }\n`,
    'ingress.yaml': application('ingress', { path: 'parts/ingress', wave: 2 }),
    ...chart('parts/ingress', 'gateway', gateway),
  });
  const { findings } = await checkRepository(openSourceTree(temporaryTree(tree)), await realKustomize(), {
    cache: noCache,
  });
  return findings
    .filter(({ code }) => code === 'ARGO030' || code === 'ARGO031')
    .map(({ code, source, message }) => `${code} ${source.file}:${source.line} ${message}`);
}

const NAMESPACE = 'parts/web/namespace.yaml:5';

describe('who injects', () => {
  it.each([
    ['istio-injection: enabled', '{}', ['{}']],
    ['istio-injection: enabled', '{}', ['{}', '{ revision: canary }']],
    ['istio-injection: enabled', '{}', ['{ revision: 1-31-0, revisionTags: [default] }', '{ revision: 1-32-0 }']],
    ['istio.io/rev: default', '{ revision: canary }', ['{}', '{ revision: canary }']],
    ['istio.io/rev: prod', '{ revision: prod }', ['{ revision: 1-31-0, revisionTags: [prod] }']],
    ['istio-injection: disabled', '{ revision: canary }', ['{ revision: canary }']],
    // An istiod that Argo CD does not bring is not known.
    ['istio.io/rev: canary', '{}', []],
  ])('is one for %s, a gateway with %s and istiods with %j', async (labels, gateway, istiods) => {
    expect(await found(labels, gateway, ...istiods)).toEqual([]);
  });

  it('is nobody where no istiod has the revision', async () => {
    expect(await found('istio.io/rev: canarie', '{}', '{}', '{ revision: canary }')).toEqual([
      `ARGO030 ${NAMESPACE} label istio.io/rev of namespace \`demo\`: no istiod of the cluster has the revision or tag \`canarie\`, only \`default\` and \`canary\`; did you mean \`canary\`?`,
    ]);
  });

  it('is nobody for the default where every istiod has a revision', async () => {
    expect(await found('istio-injection: enabled', '{}', '{ revision: canary }')).toEqual([
      expect.stringContaining(
        'argocd/all/ingress.yaml:9 gateway `ingress`: every istiod of the cluster has a revision',
      ),
      expect.stringContaining(`${NAMESPACE} label istio-injection of namespace \`demo\`: every istiod`),
    ]);
  });

  it('is not who istio.io/rev names where istio-injection stands beside it', async () => {
    expect(await found('istio-injection: enabled, istio.io/rev: canary', '{}', '{}', '{ revision: canary }')).toEqual([
      expect.stringContaining('label istio.io/rev: canary of namespace `demo` does not count'),
    ]);
  });

  it('is two where they share a revision or a tag', async () => {
    const both = await found('istio-injection: enabled', '{}', '{}', '{ revision: canary, revisionTags: [default] }');
    expect(both).toEqual([
      expect.stringContaining(
        'ARGO031 argocd/all/istiod-1.yaml:4 `istiod-1` injects for `default`, and so does `istiod-0`',
      ),
    ]);
    expect(await found('istio.io/rev: a', '{ revision: a }', '{ revision: a }', '{ revision: a }')).toHaveLength(1);
  });
});
