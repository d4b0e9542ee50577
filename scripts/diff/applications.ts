import { sameValue } from '../resources/value.ts';
import type { ExpandedApplication, ExpectedApplication } from './expanded-application.ts';
import type { Expansion } from './expansion.ts';
import { fieldChanges, fieldText } from './field-changes.ts';
import type { SharedChange } from './object-changes.ts';

export interface ApplicationChanges {
  added: ExpectedApplication[];
  removed: ExpectedApplication[];
  /** With the fields that differ. */
  changed: { before: ExpectedApplication; after: ExpectedApplication; fields: string[] }[];
}

export function applicationChanges(before: Expansion, after: Expansion): ApplicationChanges {
  const [olds, nows] = [before, after].map(
    ({ applications }) => new Map(applications.map((one) => [one.name, one])),
  ) as [Map<string, ExpandedApplication>, Map<string, ExpandedApplication>];
  return {
    added: [...nows.values()].filter(({ name }) => !olds.has(name)).map(summary),
    removed: [...olds.values()].filter(({ name }) => !nows.has(name)).map(summary),
    changed: [...nows.values()].flatMap((now) => {
      const old = olds.get(now.name);
      if (!old || sameValue(old.value, now.value)) return [];
      const fields = fieldChanges(old.value, now.value).map(({ path }) => fieldText(path));
      return [{ before: summary(old), after: summary(now), fields }];
    }),
  };
}

function summary({ value: _, ...application }: ExpandedApplication): ExpectedApplication {
  return application;
}

/** Clusters that a change of Argo CD itself reaches: through their Applications, their project, or the set that makes them. */
export function clustersReached(
  { added, removed, changed }: ApplicationChanges,
  changes: readonly SharedChange[],
  { applications }: Expansion,
): string[] {
  const edited = changes.filter(({ ref }) => ref.apiVersion.startsWith('argoproj.io/'));
  const isSetEdited = edited.some(({ ref }) => ref.kind === 'ApplicationSet');
  const projects = new Set(edited.filter(({ ref }) => ref.kind === 'AppProject').map(({ ref }) => ref.name));
  const reached = [
    ...[...added, ...removed, ...changed.map(({ after }) => after)],
    ...applications.filter(({ project }) => isSetEdited || projects.has(project)),
  ];
  return [...new Set(reached.map(({ cluster }) => cluster))].sort();
}
