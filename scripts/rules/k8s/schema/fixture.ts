import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { type KubeObject, refOf, toPointer } from '../../../resources/kube-object.ts';
import { schemaRule } from '../schema.ts';

/** For tests: the valid objects of every kind in use, freshly parsed. */
export function validObjects(): KubeObject[] {
  return parseObjects(readFileSync(join(__dirname, '../../../schemas/__fixtures__/valid.yaml'), 'utf8'));
}

export function parseObjects(text: string): KubeObject[] {
  return (loadAll(text) as (KubeObject | null)[]).filter((object) => object !== null);
}

export interface Found {
  code: string;
  path: string;
  message: string;
  fix: string | undefined;
}

/** For tests: what the rule finds in one target that holds just these objects. */
export function check(objects: readonly KubeObject[]): Found[] {
  const rendered = objects.map((value) => ({ ref: refOf(value), value }));
  return [...schemaRule.check({ name: 'test', objects: rendered, complete: false })].map((problem) => ({
    code: problem.code.code,
    path: toPointer(problem.path),
    message: problem.message,
    fix: problem.fix,
  }));
}

/** For tests: `K8S002 /spec/replica` for each finding in manifest text. */
export function findings(text: string): string[] {
  return check(parseObjects(text)).map(({ code, path }) => `${code} ${path}`);
}
