import { describe, expect, it } from 'vitest';
import { treeOf } from '../system/source-tree.ts';
import { chartParts, chartReader } from './chart-parts.ts';

const FILES = {
  'parts/web/Chart.yaml': `name: part
dependencies:
  - { name: web }
  - { name: web, alias: second, condition: "given.nowhere, second.on" }
`,
  'parts/web/values.yaml': 'web: { size: 1, deep: { a: 1, b: 2 }, gone: 1 }\nsecond: { on: false }\n',
  'parts/web/more.yaml': 'web: { size: 2, deep: { b: 3 }, gone: null }\n',
  'shared/on.yaml': 'second: { on: true }\n',
  'parts/alone/Chart.yaml': 'name: alone\n',
  'parts/alone/values.yaml': 'size: 1\n',
  'parts/broken/Chart.yaml': 'name: [\n',
};
const partsOf = (folder: string, helm = {}) => chartParts(folder, helm, chartReader(treeOf(FILES)));

describe('the charts of an Application', () => {
  it('are the dependencies whose condition holds, with the values of their name', () => {
    const web = { size: 1, deep: { a: 1, b: 2 }, gone: 1 };
    expect(partsOf('parts/web')).toEqual([{ chart: 'web', values: web }]);
  });

  it('take files in their order, from the folder or from the root, and null deletes', () => {
    expect(partsOf('parts/web', { valueFiles: ['more.yaml', '../../shared/on.yaml', 'missing.yaml'] })).toEqual([
      { chart: 'web', values: { size: 2, deep: { a: 1, b: 3 } } },
      { chart: 'web', values: { on: true } },
    ]);
    expect(partsOf('parts/web', { valueFiles: ['/shared/on.yaml'] })).toHaveLength(2);
  });

  it('take parameters last', () => {
    const helm = {
      valueFiles: ['more.yaml'],
      valuesObject: { web: { size: 3 } },
      parameters: [
        { name: 'second.on', value: 'true' },
        { name: 'web.deep.b', value: '4' },
      ],
    };
    expect(partsOf('parts/web', helm)).toEqual([
      { chart: 'web', values: { size: 3, deep: { a: 1, b: '4' } } },
      { chart: 'web', values: { on: true } },
    ]);
  });

  it('are the chart itself where it has no dependency, and nothing of a file that is no YAML', () => {
    expect(partsOf('parts/alone')).toEqual([{ chart: 'alone', values: { size: 1 } }]);
    expect(partsOf('parts/broken')).toEqual([{ chart: 'undefined', values: {} }]);
  });
});
