import { CHART_VALUES } from '../generate/istio-canary.ts';
import type { KubeObject } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import { plainFile } from '../yaml/plain-file.ts';
import type { Item } from './object-changes.ts';
import type { Row } from './rows.ts';
import type { Side } from './side.ts';

/** Kind under which a file is compared that is no object of a cluster: values and versions of charts, rings, the installation. */
export const FILE = 'File';

export const CHARTS = 'argocd/platform';

/** What Argo CD gives to Helm for every cluster: charts at their versions, and values. They are compared as files, not rendered. */
export function chartReader(): (side: Side) => Item[] {
  const known = new Map<Side, Item[]>();
  return (side) => {
    const items = known.get(side) ?? itemsAt(side, side.tree.list(CHARTS));
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
  const read = side.outlines.reads('argocd');
  const isOther = (path: string) =>
    isYaml(path) && !read.has(path) && !/^argocd\/(?:clusters|cluster|platform)\//.test(path);
  return itemsAt(side, side.tree.list('argocd').filter(isOther));
}

/** Of the values beside those for all, a chart takes those of the cluster's own overlay and options (argocd/application-set.yaml). */
export function isTaken(path: string, { overlay, options }: Row): boolean {
  const [, kind, name] = /\/(values|option)-([^/]+)\.ya?ml$/.exec(path) ?? [];
  return kind === undefined || name === (kind === 'values' ? overlay : options.join(','));
}

function itemsAt({ tree }: Side, paths: readonly string[]): Item[] {
  return paths.map((path) => {
    const text = tree.read(path) ?? '';
    const value = contentOf(path, text, tree) as KubeObject;
    return { text: `${path}\n${text}`, object: { ref: { apiVersion: '', kind: FILE, name: path }, value } };
  });
}

/** A map by its fields, so that a comment is no change; everything else by its text. Helm fills in templates, comments included. */
function contentOf(path: string, text: string, tree: Side['tree']): Record<string, unknown> {
  const value = isYaml(path) && !path.includes('/templates/') ? plainFile(tree, path) : undefined;
  return isRecord(value) ? value : { text };
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}
