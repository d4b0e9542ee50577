import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../testing/repository-copy.ts';

const HEALTH = 'resource.customizations.health.argoproj.io_Application';

it('the one wave that no sync waits for is the last of a cluster', () => {
  const folder = join(ROOT, 'argocd/cluster');
  const waves = readdirSync(folder).map((file) => {
    const { metadata } = parse(readFileSync(join(folder, file), 'utf8'));
    return Number(metadata?.annotations['argocd.argoproj.io/sync-wave'] ?? 0);
  });
  const { data } = parse(readFileSync(join(ROOT, 'argocd/install/argocd-cm.yaml'), 'utf8'));

  expect(data[HEALTH].match(/"argocd\.argoproj\.io\/sync-wave"\] == "(\d+)"/)?.[1]).toBe(String(Math.max(...waves)));
});
