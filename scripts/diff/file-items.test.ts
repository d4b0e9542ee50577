import { expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { dangersOf } from './dangers.ts';
import { fieldText } from './field-changes.ts';
import { chartReader, isTaken, otherArgoItems, ownChartItems } from './file-items.ts';
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

it.each([
  ['argocd/platform/istiod/templates/map.yaml', '{{- if .Values.a }}\nkind: ConfigMap\n{{- end }}\n'],
  ['argocd/platform/istiod/templates/comment.yaml', 'kind: ConfigMap\n# {{ .Values.a }}\n'],
  ['argocd/platform/istiod/templates/_helpers.tpl', '{{ define "a" }}{{ end }}\n'],
  ['argocd/platform/istiod/values.yaml', 'a: {\n'],
])('an edit of %s, which is no plain YAML, is a change of its text', (path, text) => {
  expect(changed(path, text, text.replace('a', 'b'))).toEqual([`${path} text`]);
  expect(changed(path, text, text)).toEqual([]);
});

it('a comment in values is no change', () => {
  expect(changed('argocd/platform/istiod/values.yaml', 'a: 1\n', '# Why.\na: 1\n')).toEqual([]);
});

it('a chart takes the values of the overlay and the options of the cluster, and of no other', () => {
  const row = {
    name: 'one',
    path: 'clusters/one',
    overlay: 'prod',
    options: ['a'],
    ring: '',
    revision: '',
    fields: {},
  };
  const taken = ['values', 'values-prod', 'values-dev', 'option-a', 'option-b'].filter((name) =>
    isTaken(`argocd/platform/istiod/${name}.yaml`, row),
  );
  expect(taken).toEqual(['values', 'values-prod', 'option-a']);
});
