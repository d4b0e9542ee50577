import { describe, expect, it } from 'vitest';
import { readRepository } from '../../sources/repository.ts';
import { treeOf } from '../../system/source-tree.ts';
import type { Example } from '../rule.ts';
import { authorityWaitsRule } from './authority-waits.ts';

const [waits, registered] = authorityWaitsRule.codes;

function found(example: Example | undefined) {
  const repository = readRepository(treeOf(example as Record<string, string>));
  const problems = authorityWaitsRule.check({ repository, objectsOf: () => undefined, failureOf: () => undefined });
  return [...problems].map(({ code, source }) => `${code.severity} ${source.file}:${source.line}`);
}

describe('authority-waits', () => {
  it('warns while a request has no answer, and not of one for the next authority', () => {
    expect(found(waits?.bad)).toEqual(['warning clusters/demo/cacerts.yaml:1']);
    expect(found(waits?.good)).toEqual([]);
  });

  it('is an error where Argo CD is told of the cluster, and not where it is told of another one', () => {
    const bad = registered?.bad as Record<string, string>;
    const file = 'argocd/registrations/demo.yaml';
    expect(found(bad)).toEqual([`error ${file}:8`]);
    expect(found({ ...bad, 'clusters/demo/platform/cacerts.yaml': 'here' })).toEqual([]);

    const other = bad[file]?.replaceAll('name: demo', 'name: two') ?? '';
    expect(found({ ...bad, [file]: other })).toEqual(['warning clusters/demo/cacerts.yaml:1']);
    expect(found({ ...bad, [file]: other, 'argocd/registrations/x.yaml': bad[file] ?? '' })).toEqual([
      'error argocd/registrations/x.yaml:8',
    ]);
  });
});
