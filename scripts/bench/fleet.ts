import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyGeneration } from '../generate/generate.ts';
import { planGeneration } from '../generate/plan.ts';
import { loadRecords } from '../records/load-records.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { writeFileAtomic } from '../system/write-file.ts';

export interface Fleet {
  root: string;
  remove(): void;
}

/** A copy of this repository with its own clusters replaced by `count` made ones, each a cluster of production. */
export function makeFleet(repository: string, count: number): Fleet {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'ai-spm-mesh-fleet-'));
  for (const name of ['base', 'overlays', 'argocd', 'schemas', 'scripts', 'package.json', 'tsconfig.json']) {
    cpSync(join(repository, name), join(root, name), { recursive: true });
  }
  // A cache of its own, so that the first run is a cold one.
  mkdirSync(join(root, 'node_modules'));
  for (const entry of readdirSync(join(repository, 'node_modules')).filter((name) => name !== '.cache'))
    symlinkSync(join(repository, 'node_modules', entry), join(root, 'node_modules', entry));
  for (let number = 1; number <= count; number++) {
    const name = `fleet-${String(number).padStart(4, '0')}`;
    mkdirSync(join(root, 'clusters', name), { recursive: true });
    writeFileAtomic(
      join(root, 'clusters', name, 'cluster.yaml'),
      `name: ${name}\noverlay: prod\nring: rest\nregion: region-${number % 20}\nnetwork: ai-spm-network\nhost: ${name}.example.com\nstorage:\n  class: block\n  sharedClass: file\n`,
    );
  }
  const tree = openSourceTree(root);
  applyGeneration(root, planGeneration(tree, loadRecords(tree)));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
