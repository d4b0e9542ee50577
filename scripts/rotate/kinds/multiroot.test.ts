import { expect, it } from 'vitest';
import { openSourceTree, overlayTree } from '../../system/source-tree.ts';
import { ROOT } from '../../testing/repository-copy.ts';
import { demandMultiroot } from './multiroot.ts';

const disk = openSourceTree(ROOT);
const values = 'argocd/platform/istiod/values.yaml';
const chart = 'argocd/platform/istiod/Chart.yaml';
const edited = (path: string, from: RegExp, to: string) => {
  const text = disk.read(path) ?? '';
  const after = text.replace(from, to);
  if (after === text) throw new Error(`${path} has no ${from}`);
  return overlayTree(disk, { [path]: after });
};

it('takes this repository as it is', () => {
  expect(() => demandMultiroot(disk)).not.toThrow();
});

it.each([
  [values, /ISTIO_MULTIROOT_MESH: "true"/, 'ISTIO_MULTIROOT_MESH: "false"', 'istiod.env.ISTIO_MULTIROOT_MESH'],
  [values, /PROXY_CONFIG_XDS_AGENT: "true"\n/, '{}\n', 'proxyMetadata.PROXY_CONFIG_XDS_AGENT'],
  [chart, /version: 1\.31\.0/, 'version: 1.29.4', 'pins istiod 1.29.4'],
])('refuses %s without it', (path, from, to, message) => {
  expect(() => demandMultiroot(edited(path, from, to))).toThrow(message);
});
