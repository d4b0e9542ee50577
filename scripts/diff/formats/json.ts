import { redactShapes } from '../../report/redact-shapes.ts';
import type { Comparison } from '../compare.ts';
import type { Context } from '../headline.ts';
import { shownFields } from '../shown.ts';

/** For scripts. Values of fields are YAML, secrets masked. */
export function jsonDiff(comparison: Comparison, { compared, seconds }: Context): string {
  const { changes, radius, dangers, failures, added, removed, applications, declared, granted, images, waiting } =
    comparison;
  const objects = changes.map((change) => ({
    change: change.kind,
    resource: change.ref,
    targets: change.targets,
    fields: shownFields(change),
  }));
  const all = {
    compared,
    radius,
    dangers,
    failures,
    targets: { added, removed },
    applications,
    access: { declared, granted },
    images,
    objects,
    waiting,
    seconds: Number(seconds.toFixed(3)),
  };
  const text = JSON.stringify(all, (_, value: unknown) => (typeof value === 'string' ? redactShapes(value) : value), 2);
  return `${text}\n`;
}
