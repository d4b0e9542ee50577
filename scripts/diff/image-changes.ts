import { describeResource } from '../findings/finding.ts';
import { textOf } from '../resources/fields.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { workloadOf } from '../resources/workloads.ts';
import { FILE } from './file-items.ts';
import type { SharedChange } from './object-changes.ts';

/** An image in place of another, or a new one, or one that nothing runs any more. */
export interface ImageChange {
  before?: string;
  after?: string;
  /** `Deployment ai-spm/ai-scanner`. */
  workloads: string[];
  targets: string[];
}

export function imageChanges(changes: readonly SharedChange[]): ImageChange[] {
  const found = new Map<string, ImageChange>();
  for (const { before, after, ref, targets } of changes) {
    const [olds, nows] = [imagesOf(before), imagesOf(after)];
    for (const container of new Set([...olds.keys(), ...nows.keys()])) {
      const [old, now] = [olds.get(container), nows.get(container)];
      if (old === now) continue;
      const key = JSON.stringify([old, now]);
      const images = { ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
      const change = found.get(key) ?? { ...images, workloads: [], targets: [] };
      change.workloads = [...new Set([...change.workloads, describeResource(ref)])];
      change.targets = [...new Set([...change.targets, ...targets])].sort();
      found.set(key, change);
    }
  }
  return [...found.values()];
}

function imagesOf(object: RenderedObject | undefined): Map<string, string> {
  const containers = (object && object.ref.kind !== FILE && workloadOf(object)?.containers) || [];
  return new Map(
    containers.flatMap(({ name, value }) => {
      const image = textOf(value['image']);
      return image === undefined ? [] : [[name, image] as const];
    }),
  );
}
