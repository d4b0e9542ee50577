import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../resources/kube-object.ts';
import { isKubeObject } from '../../sources/declaration.ts';
import { openSourceTree } from '../../system/source-tree.ts';
import { parseYaml, plainValue } from '../../yaml/yaml-file.ts';
import { clustersOf } from '../cluster-secrets.ts';
import { expandSet, isApplicationSet, type SetExpansion } from '../expand-set.ts';

export const FIXTURES = join(__dirname, '..', '__fixtures__');

/** Files with one ApplicationSet each, and the cluster Secrets that it sees. */
export const fixtureSets: readonly string[] = readdirSync(join(FIXTURES, 'sets')).map((name) =>
  join(FIXTURES, 'sets', name),
);

/** What we make of a fixture; every git generator reads the fixture repository. */
export function expandFixture(path: string): SetExpansion {
  const objects = parseYaml(path, readFileSync(path, 'utf8'))
    .documents.map(plainValue)
    .filter(isKubeObject) as KubeObject[];
  const [set] = objects.filter(isApplicationSet);
  if (!set) throw new Error(`${path} holds no ApplicationSet`);
  const tree = openSourceTree(join(FIXTURES, 'repository'));
  const files = { list: () => tree.list('.'), read: tree.read };
  return expandSet(set, { clusters: clustersOf(objects), repository: () => files });
}

/** What Argo CD made of a fixture (expand-set.system.test.ts compares and records), or why it refused. */
export interface Recording {
  applications?: unknown[];
  error?: string;
}

export function recordings(): Readonly<Record<string, Recording>> {
  return JSON.parse(readFileSync(join(FIXTURES, 'argo-cd-answers.json'), 'utf8')) as Record<string, Recording>;
}
