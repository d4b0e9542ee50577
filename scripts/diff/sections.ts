import { describeResource } from '../findings/finding.ts';
import { redactShapes } from '../report/redact-shapes.ts';
import { count } from '../report/text.ts';
import { applicationLines } from './application-lines.ts';
import type { Failure } from './builds.ts';
import type { Comparison } from './compare.ts';
import type { Danger } from './dangers.ts';
import { type Edge, edgeKey, edgeTexts } from './edges.ts';
import { capped, fieldLines } from './field-lines.ts';
import type { SharedEdge } from './grant-changes.ts';
import { named } from './headline.ts';
import type { SharedChange } from './object-changes.ts';
import { shownFields, shownObject } from './shown.ts';

export type Mark = '+' | '-' | '~' | '!' | '?' | '=';

/** One thing that the change does. */
export interface Line {
  mark: Mark;
  text: string;
  /** Targets that have it; empty where that says nothing. */
  targets: readonly string[];
  /** Lines of a diff. */
  details: readonly string[];
}

export interface Section {
  title: string;
  lines: Line[];
}

const KINDS: Readonly<Record<Danger['kind'], string>> = {
  data: 'loses data',
  refused: 'is refused',
  opens: 'opens',
  outage: 'stops',
};
const ORDER = { removed: 0, changed: 1, added: 2 } as const;
const MARKS = { removed: '-', changed: '~', added: '+' } as const;

/** What all formats show, the most important first; sections that have nothing to say are left out. */
export function sectionsOf(comparison: Comparison): Section[] {
  const { dangers, failures, added, removed, applications, declared, granted, images, changes, waiting } = comparison;
  const sections: Section[] = [
    {
      title: 'Look at these first',
      lines: dangers.map((one) => line('!', `${KINDS[one.kind]}: ${one.message}`, one.targets)),
    },
    {
      title: 'Cannot be built',
      lines: sharedFailures(failures).map(({ targets, side, message }) =>
        line('?', `${side} the change: ${message}`, targets),
      ),
    },
    {
      title: 'Clusters and overlays',
      lines: [
        ...removed.map(({ name, objects }) => line('-', `${name}, ${count(objects, 'object')}`)),
        ...added.map(({ name, objects }) => line('+', `${name}, ${count(objects, 'object')}`)),
      ],
    },
    {
      title: 'Waits for its ring',
      lines: waiting.map(({ ring, revision, clusters }) =>
        line(
          '=',
          `ring ${ring} stays at ${revision.slice(0, 12)}: ${named(clusters)} get this change by \`npm run promote\``,
        ),
      ),
    },
    {
      title: 'Argo CD Applications',
      lines: applicationLines(applications).map(({ mark, text, targets }) => line(mark, text, targets)),
    },
    {
      title: 'Access declared in base/access.yaml',
      lines: [...edgeLines('+', declared.gained), ...edgeLines('-', declared.lost)],
    },
    {
      title: 'Access granted by AuthorizationPolicies',
      lines: [...sharedEdgeLines('+', granted.gained), ...sharedEdgeLines('-', granted.lost)],
    },
    {
      title: 'Images',
      lines: images.map(({ before, after, workloads, targets }) => {
        const mark = before === undefined ? '+' : after === undefined ? '-' : '~';
        const image = [before, after].filter((one) => one !== undefined).join(' → ');
        return line(mark, `${image} (${workloads.join(', ')})`, targets);
      }),
    },
    { title: 'Objects', lines: changes.toSorted(byImportance).map(changeLine) },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

function line(mark: Mark, text: string, targets: readonly string[] = [], details: readonly string[] = []): Line {
  return { mark, text: redactShapes(text), targets, details };
}

/** One mistake in a base breaks every target. */
function sharedFailures(failures: readonly Failure[]): (Omit<Failure, 'target'> & { targets: string[] })[] {
  const shared = new Map<string, Omit<Failure, 'target'> & { targets: string[] }>();
  for (const { target, side, message } of failures) {
    const known = shared.get(`${side} ${message}`) ?? { side, message, targets: [] };
    known.targets.push(target);
    shared.set(`${side} ${message}`, known);
  }
  return [...shared.values()];
}

function edgeLines(mark: Mark, edges: readonly Edge[]): Line[] {
  return edgeTexts(edges).map((text) => line(mark, text));
}

/** Edges of the same targets together, so that their methods share a line. */
function sharedEdgeLines(mark: Mark, edges: readonly SharedEdge[]): Line[] {
  const byTargets = new Map<string, SharedEdge[]>();
  for (const edge of edges) {
    const key = edge.targets.join();
    byTargets.set(key, [...(byTargets.get(key) ?? []), edge]);
  }
  return [...byTargets.values()].flatMap((group) =>
    edgeTexts(group.toSorted((a, b) => (edgeKey(a) < edgeKey(b) ? -1 : 1))).map((text) =>
      line(mark, text, group[0]?.targets),
    ),
  );
}

/** Those in the most targets first; within a target by kind and name, as they come. */
function byImportance(a: SharedChange, b: SharedChange): number {
  return ORDER[a.kind] - ORDER[b.kind] || b.targets.length - a.targets.length;
}

function changeLine(change: SharedChange): Line {
  const { kind, ref, after, targets } = change;
  const details =
    kind === 'changed'
      ? shownFields(change).flatMap(fieldLines)
      : after
        ? capped(
            shownObject(after)
              .trimEnd()
              .split('\n')
              .map((text) => `+ ${text}`),
          )
        : [];
  return line(MARKS[kind], describeResource(ref), targets, details);
}
