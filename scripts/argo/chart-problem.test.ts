import { expect, it } from 'vitest';
import { treeOf } from '../system/source-tree.ts';
import { chartReader } from './chart-parts.ts';
import { chartProblem } from './chart-problem.ts';

const CHART = 'apiVersion: v2\nname: istiod\nversion: 1.0.0\n';
const DEPENDENCY = 'dependencies:\n  - { name: istiod, version: 1.31.0 }\n';
const problemOf = (chart: string, values?: string) =>
  chartProblem(
    'charts/a',
    chartReader(
      treeOf({ 'charts/a/Chart.yaml': chart, ...(values === undefined ? {} : { 'charts/a/values.yaml': values }) }),
    ),
  );

it.each([
  ['', undefined, 'charts/a/Chart.yaml is no map'],
  ['- a\n', undefined, 'charts/a/Chart.yaml is no map'],
  [CHART.replace('name: istiod\n', ''), undefined, 'charts/a/Chart.yaml has no `name`'],
  [CHART.replace('1.0.0', '1.0'), undefined, 'has a `version` that is no text: put it in quotes'],
  [`${CHART}dependencies: 7\n`, undefined, '`dependencies` is no list'],
  [`${CHART}dependencies: [7]\n`, undefined, '`dependencies.0` is no map'],
  [CHART + DEPENDENCY.replace(', version: 1.31.0', ''), undefined, '`dependencies.0` has no `version`'],
  [CHART, '- a\n', 'charts/a/values.yaml is no map of values'],
])('a chart that helm cannot read is one: %j %j', (chart, values, reason) => {
  expect(problemOf(chart, values)).toContain(reason);
});

it.each([
  [CHART + DEPENDENCY, 'pilot: {}\n'],
  [CHART, undefined],
  [CHART.replace('1.0.0', '"1.0"'), '# the defaults\n'],
])('one that it can is not: %j %j', (chart, values) => {
  expect(problemOf(chart, values)).toBeUndefined();
});
