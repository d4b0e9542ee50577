import { count } from '../report/text.ts';
import type { ApplicationChanges } from './applications.ts';
import type { ExpectedApplication } from './expanded-application.ts';
import { named } from './headline.ts';
import type { Mark } from './sections.ts';

export interface ApplicationLine {
  mark: Mark;
  text: string;
  targets: readonly string[];
}

/** One line for all Applications of a ring to which the same happens: a promotion moves fourteen in each of its clusters. */
export function applicationLines({ removed, added, changed }: ApplicationChanges): ApplicationLine[] {
  return [
    ...grouped(
      '-',
      removed.map((one) => ({ one, what: `(ring ${one.ring})` })),
    ),
    ...grouped(
      '+',
      added.map((one) => ({ one, what: `(ring ${one.ring}, at ${short(one.revision)})` })),
    ),
    ...grouped(
      '~',
      changed.map(({ before, after, fields }) => ({
        one: after,
        what: `(ring ${after.ring}): ${moved(before, after, fields)}`,
      })),
    ),
  ];
}

function grouped(mark: Mark, changes: readonly { one: ExpectedApplication; what: string }[]): ApplicationLine[] {
  return [...new Set(changes.map(({ what }) => what))].map((what) => {
    const group = changes.filter((change) => change.what === what).map(({ one }) => one);
    const names = named(group.map(({ name }) => name));
    const targets = [...new Set(group.map(({ cluster }) => `clusters/${cluster}`))];
    return {
      mark,
      text: group.length > 1 ? `${count(group.length, 'Application')} ${what}: ${names}` : `${names} ${what}`,
      targets,
    };
  });
}

/** What says it all where nothing else differs; otherwise the fields. */
function moved(before: ExpectedApplication, after: ExpectedApplication, fields: readonly string[]): string {
  const known = (['ring', 'revision', 'path'] as const).filter((field) => before[field] !== after[field]);
  const texts = known.map((field) => `${field} ${short(before[field])} → ${short(after[field])}`);
  const others = fields.filter((field) => known.length === 0 || !KNOWN.test(field));
  return [...texts, ...others.map((field) => `\`${field}\``)].join(', ');
}

/** Fields that hold the ring, the revision and the path, or in the Application of a cluster pass them on. */
const KNOWN = /^metadata\.labels\["ai-spm\.io\/ring"\]$|^spec\.source\.(?:targetRevision|path|kustomize\b.*)$/;

function short(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 12) : revision;
}
