import { isEdited, isGenerated } from '../generate/generated-file.ts';
import { objectKey } from '../resources/target-index.ts';
import { buildProblem } from '../sources/build-problem.ts';
import { isKubeObject } from '../sources/declaration.ts';
import type { Layer } from '../sources/layer.ts';
import { appliesTo } from '../sources/patch-target.ts';
import { plainValue } from '../yaml/yaml-file.ts';
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
export function overlayOf(delivery: Delivery, all: readonly Delivery[]): [Delivery, Delivery][] {
  const { target, before, after } = delivery;
  const [old, now] = [before?.layer(target), after?.layer(target)];
  if (!target.startsWith('clusters/') || !before || !after || !old || !now) return [];
  const folder = now.bases[0]?.folder;
  const overlay = all.find((one) => one.target === folder && one.before === before && one.after === after);
  if (!overlay || !isPlain(old) || !isPlain(now) || old.bases[0]?.folder !== folder) return [];
  const isSame = [...new Set([...old.reads, ...now.reads])].every(
    (path) => before.tree.read(path) === after.tree.read(path),
  );
  const isDone = readsTheSame(before, after, target);
  return isSame && !isDone && buildProblem(now) === undefined && buildProblem(old) === undefined
    ? [[delivery, overlay]]
    : [];
}

function isPlain({ bases, components, spec, file }: Layer): boolean {
  const isOwn = isGenerated(file.text) && !isEdited(file.text);
  return (
    isOwn && bases.length === 1 && components.length === 0 && Object.keys(spec).every((key) => PER_OBJECT.has(key))
  );
}

/** True where no patch of the cluster selects anything that differs in its overlay, or any policy, and no file of it stands in the way. */
export function isUntouched({ target, before, after }: Delivery, overlay: Delivery, builds: Builds): boolean {
  const layer = after?.layer(target);
  const [old, now] = [before, after].map((side) => itemsAt(builds, side, overlay.target));
  if (!layer || !old || !now) return false;
  const own = new Set(ownKeys(layer));
  return differing(old, now).every((item) => !own.has(objectKey(item.object)) && !isPatched(layer, item));
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

function isPatched({ patches }: Layer, { object: { value } }: Item): boolean {
  return patches.some((patch) =>
    patch.documents.some((document) => appliesTo(patch, document, value, [value.metadata.name])),
  );
}

function ownKeys({ resources }: Layer): string[] {
  const values = resources.flatMap(({ documents }) => documents.map(plainValue)).filter(isKubeObject);
  return values.map((value) => {
    const { name, namespace } = value.metadata;
    return objectKey({
      ref: { apiVersion: value.apiVersion, kind: value.kind, name, ...(namespace ? { namespace } : {}) },
      value,
    });
  });
}
