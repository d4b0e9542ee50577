import { sameValue } from '../resources/value.ts';
import type { Danger } from './dangers.ts';
import type { Row } from './rows.ts';

/** The row itself takes these from a ring to a ring. */
const OF_THE_RING = new Set(['ring', 'revision']);

/**
 * What a cluster of a held ring gets half of: argocd/application-set.yaml takes the fields of its row from main as soon as they are merged,
 * and its folder, charts and values from the commit of the ring. `npm run generate` gives a row that does not do so where the ring is held
 * at a commit; it cannot where the ring follows another branch.
 */
export function rowDanger(known: Row, { path, ring, revision, fields }: Row): Danger[] {
  const names = [...new Set([...Object.keys(known.fields), ...Object.keys(fields)])].filter(
    (name) => !OF_THE_RING.has(name) && !sameValue(known.fields[name], fields[name]),
  );
  if (names.length === 0) return [];
  const what = names.map((name) => `\`${name}\` from ${text(known.fields[name])} to ${text(fields[name])}`).join(', ');
  const message = `${path} gets ${what} with the merge, and all else from ${revision.slice(0, 12)}, where ring ${ring} is held: let the ring follow its branch before this is merged`;
  return [{ kind: 'outage', message, targets: [path] }];
}

function text(value: unknown): string {
  return value === undefined ? 'not set' : String(value);
}
