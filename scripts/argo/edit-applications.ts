import type { Edits } from '../render/render-edited.ts';
import { recordOf } from '../resources/fields.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { refOf } from '../resources/kube-object.ts';
import { sameValue } from '../resources/value.ts';
import { applyPatch } from '../sources/apply-patch.ts';
import type { Layer } from '../sources/layer.ts';
import { type Patch, type PatchDocument, patchDocuments } from '../sources/patch.ts';
import { appliesTo } from '../sources/patch-target.ts';
import { parseYaml } from '../yaml/yaml-file.ts';

const EDITS = new Set(['namePrefix', 'nameSuffix', 'commonLabels', 'patches']);
const DELETION_FIELDS = new Set(['$patch', 'apiVersion', 'kind', 'metadata']);
const PLAIN = new Set(['apiVersion', 'kind', 'resources']);

/**
 * What kustomize makes of a folder of Applications with the edits, from its objects without them. A fleet has such a folder for each
 * cluster, and a process for each would take longer than all else.
 * @returns `undefined` where kustomize itself must say: anything but a list of Applications, or a patch that neither deletes them nor is a
 * JSON patch all of whose operations take effect
 */
export function editApplications(
  layer: Layer,
  objects: readonly RenderedObject[],
  edits: Edits,
): RenderedObject[] | undefined {
  const isSimple =
    Object.keys(edits).every((field) => EDITS.has(field)) &&
    Object.keys(layer.spec).every((field) => PLAIN.has(field)) &&
    layer.bases.length === 0 &&
    objects.every(({ value }) => value.kind === 'Application' && value.apiVersion === 'argoproj.io/v1alpha1');
  if (!isSimple) return undefined;
  const patches = (Array.isArray(edits['patches']) ? edits['patches'] : []).map(readPatch);
  const { namePrefix = '', nameSuffix = '', commonLabels } = edits;
  const edited: RenderedObject[] = [];
  for (const { value } of objects) {
    const patched = patchAll(value, patches);
    if (patched === DELETED) continue;
    if (!patched) return undefined;
    const { name, labels } = patched.metadata;
    const metadata = {
      ...patched.metadata,
      name: `${namePrefix}${name}${nameSuffix}`,
      ...(commonLabels ? { labels: { ...labels, ...(recordOf(commonLabels) as Record<string, string>) } } : {}),
    };
    const result = { ...patched, metadata };
    edited.push({ ref: refOf(result), value: result });
  }
  return edited;
}

function readPatch(item: unknown): Patch {
  const { patch, target } = recordOf(item);
  const file = parseYaml('patch', String(patch));
  return { file, entry: [0, 0], documents: patchDocuments(file), target: recordOf(target) };
}

const DELETED = Symbol('deleted');

function patchAll(
  object: RenderedObject['value'],
  patches: readonly Patch[],
): RenderedObject['value'] | typeof DELETED | undefined {
  let result = object;
  for (const patch of patches) {
    if (patch.file.problems.length > 0 || patch.documents.length !== 1) return undefined;
    for (const document of patch.documents) {
      if (isDeletion(document)) {
        if (appliesTo(patch, document, result, [object.metadata.name])) return DELETED;
        continue;
      }
      if (document.type !== 'json' || document.operations.some(({ op }) => op !== 'add' && op !== 'replace'))
        return undefined;
      if (!appliesTo(patch, document, result, [object.metadata.name])) continue;
      for (const operation of document.operations) {
        const next = applyPatch({ type: 'json', operations: [operation] }, result);
        if (!next || sameValue(next, result)) return undefined;
        result = next;
      }
    }
  }
  return result;
}

/** A merge patch that takes away what its target selects, and says nothing else. */
function isDeletion(document: PatchDocument): boolean {
  return (
    document.type === 'merge' &&
    document.value['$patch'] === 'delete' &&
    Object.keys(document.value).every((key) => DELETION_FIELDS.has(key))
  );
}
