import { posix } from 'node:path';
import { isEdited, isGenerated } from '../generate/generated-file.ts';
import { type RenderedObject, refOf } from '../resources/kube-object.ts';
import { objectKey } from '../resources/target-index.ts';
import { isRecord } from '../resources/value.ts';
import { isKubeObject } from '../sources/declaration.ts';
import { items, texts } from '../sources/kustomization-items.ts';
import { kustomizationPath } from '../sources/layer.ts';
import { selects } from '../sources/patch-target.ts';
import { plainFile } from '../yaml/plain-file.ts';
import type { Builds } from './builds.ts';
import type { Delivery } from './deliveries.ts';
import type { Item } from './object-changes.ts';
import { readsTheSame, type Side } from './side.ts';

/** With these alone a kustomization acts on each object for itself: what it does not patch passes as it is. */
const PER_OBJECT = new Set(['apiVersion', 'kind', 'resources', 'patches']);

/**
 * The overlay whose difference a cluster may share: an edit of base reaches a thousand clusters, and is the same in all of them unless the
 * cluster itself patches what is edited. Only for generated clusters that differ in nothing of their own.
 */
export function overlayOf({ target, before, after }: Delivery, all: ReadonlyMap<string, Delivery>): Delivery[] {
  if (!target.startsWith('clusters/') || !before || !after || readsTheSame(before, after, target)) return [];
  const { spec, files, folders } = after.outlines.of(target);
  const overlay = all.get(folders[0] ?? '');
  if (overlay?.before !== before || overlay.after !== after || folders.length !== 1) return [];
  const isPlain = Object.keys(spec).every((key) => PER_OBJECT.has(key)) && isOwn(after, target);
  const isSame = files.every((path) => before.tree.read(path) === after.tree.read(path));
  return isPlain && isSame ? [overlay] : [];
}

function isOwn({ tree }: Side, target: string): boolean {
  const text = tree.read(kustomizationPath(tree, target) ?? '') ?? '';
  return isGenerated(text) && !isEdited(text);
}

/** True where no patch of the cluster selects anything that differs in its overlay, or any policy, and no file of it stands in the way. */
export function isUntouched({ target, before, after }: Delivery, overlay: Delivery, builds: Builds): boolean {
  const [old, now] = [before, after].map((side) => itemsAt(builds, side, overlay.target));
  // An overlay that cannot be built fails in each of its clusters: a thousand builds would say the same.
  if (!old || !now) return true;
  const own = after && ownKeys(after, target);
  if (!own) return false;
  const patches = items(after.outlines.of(target).spec.patches);
  const isPatched = ({ value }: RenderedObject) =>
    patches.some(([, { target: selector }]) => !isRecord(selector) || selects(selector, value, [value.metadata.name]));
  return differing(old, now).every(({ object }) => !own.has(objectKey(object)) && !isPatched(object));
}

function itemsAt(builds: Builds, side: Side | undefined, target: string): readonly Item[] | undefined {
  const built = side && builds.get(side)?.get(target);
  return built && 'items' in built ? built.items : undefined;
}

/** Of what clusters share, objects that differ; and the policies, since together they decide who may call whom. */
function differing(old: readonly Item[], now: readonly Item[]): Item[] {
  const [before, after] = [old, now].map((items) => new Set(items.map(({ text }) => text))) as [
    Set<string>,
    Set<string>,
  ];
  const isPolicy = ({ object }: Item) => object.ref.kind === 'AuthorizationPolicy';
  return [
    ...old.filter((item) => !after.has(item.text) || isPolicy(item)),
    ...now.filter((item) => !before.has(item.text)),
  ];
}

/** The objects that the cluster adds to those of its overlay, `undefined` where a file is not one object. */
function ownKeys({ tree, outlines }: Side, target: string): Set<string> | undefined {
  const resources = texts(outlines.of(target).spec.resources).map(([, path]) => posix.join(target, path));
  const values = resources.filter((path) => tree.kind(path) === 'file').map((path) => plainFile(tree, path));
  return values.every(isKubeObject)
    ? new Set(values.map((value) => objectKey({ ref: refOf(value), value })))
    : undefined;
}
