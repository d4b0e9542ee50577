import type { Edits } from '../render/render-edited.ts';
import { recordOf } from '../resources/fields.ts';

export interface KustomizeEdits {
  /** What Argo CD sets in the kustomization before it builds. */
  fields: Edits;
  /** Those that change names: what an object was called in its file follows from them. */
  names: { namePrefix?: string; nameSuffix?: string; namespace?: string };
}

/** Labels and annotations are set as they are; the words that Argo CD would put in are not known here. */
const holdsVariables = (value: unknown) => JSON.stringify(value).includes('$');

/** `spec.source.kustomize` as edits of the kustomization, or the first field whose effect is not known here. */
export function kustomizeEdits(options: Record<string, unknown>): KustomizeEdits | { unsupported: string } {
  const fields: Record<string, unknown> = {};
  const names: Record<string, string> = {};
  for (const [field, value] of Object.entries(options)) {
    if (isEmpty(value)) continue;
    if (field === 'namePrefix' || field === 'nameSuffix' || field === 'namespace') {
      fields[field] = value;
      names[field] = String(value);
    } else if ((field === 'commonLabels' || field === 'commonAnnotations') && !holdsVariables(value)) {
      fields[field] = recordOf(value);
    } else if (field === 'patches' && Array.isArray(value) && value.every((patch) => !recordOf(patch)['path'])) {
      fields[field] = value;
    } else if (
      field === 'replicas' &&
      Array.isArray(value) &&
      value.every((replica) => Number.isInteger(recordOf(replica)['count']))
    ) {
      fields[field] = value;
    } else return { unsupported: field };
  }
  return { fields, names };
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
