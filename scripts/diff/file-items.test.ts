import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { dangersOf } from './dangers.ts';
import { fieldText } from './field-changes.ts';
import { chartReader, otherArgoItems, ownChartItems } from './file-items.ts';
import { itemComparer, shareChanges } from './object-changes.ts';
import { openSide } from './side.ts';

/** What differs in a file that has one text before a change and another after it: `path field`. */
function changed(path: string, before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => {
    const side = openSide(temporaryTree({ [path]: text }));
    return [...chartReader()(side), ...otherArgoItems(side), ...ownChartItems(side, 'clusters/one')];
  });
  const changes = itemComparer()(old ?? [], now ?? []);
  expect(dangersOf(shareChanges(new Map([['clusters/one', changes]])))).toEqual([]);
  return changes.flatMap(({ ref, fields }) => fields.map((field) => `${ref.name} ${fieldText(field.path)}`));
}

it.each([
  ['argocd/platform/istiod/values.yaml', 'replicas'],
  ['argocd/platform/istiod/Chart.yaml', 'version'],
  ['argocd/rings.yaml', 'rings'],
  ['clusters/one/chart-values.yaml', 'canary'],
])('an edit of %s is a change of that file', (path, field) => {
  expect(changed(path, `${field}: 1\n`, `${field}: 2\n`)).toEqual([`${path} ${field}`]);
});
