import { CHART_VALUES } from '../generate/istio-canary.ts';
import type { KubeObject } from '../resources/kube-object.ts';
import type { Item } from './object-changes.ts';
import { plainFile } from './rows.ts';
import { readsOf, type Side } from './side.ts';

/** Kind under which a file is compared that is no object of a cluster: values and versions of charts, rings, the installation. */
export const FILE = 'File';

/** What Argo CD gives to Helm for every cluster: charts at their versions, and values. They are compared as files, not rendered. */
export function chartReader(): (side: Side) => Item[] {
  const known = new Map<Side, Item[]>();
  return (side) => {
    const items = known.get(side) ?? itemsAt(side, side.tree.list('argocd/platform').filter(isYaml));
    known.set(side, items);
    return items;
  };
}

/** The values that the charts of one cluster take from its folder. */
export function ownChartItems(side: Side, target: string): Item[] {
  const path = `${target}/${CHART_VALUES}`;
  return side.tree.kind(path) === 'file' ? itemsAt(side, [path]) : [];
}

/** The files of argocd/ that neither its kustomizations read nor clusters are made of. */
export function otherArgoItems(side: Side): Item[] {
  const layer = side.layer('argocd');
  const read = new Set(layer ? readsOf(layer) : []);
  const isOther = (path: string) =>
    isYaml(path) && !read.has(path) && !/^argocd\/(?:clusters|cluster|platform)\//.test(path);
  return itemsAt(side, side.tree.list('argocd').filter(isOther));
}

function itemsAt({ tree }: Side, paths: readonly string[]): Item[] {
  return paths.map((path) => {
    const value = (plainFile(tree, path) ?? {}) as KubeObject;
    return { text: `${path}\n${tree.read(path)}`, object: { ref: { apiVersion: '', kind: FILE, name: path }, value } };
  });
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}
