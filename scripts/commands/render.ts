import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderTargets } from '../render/render.ts';
import { readRepository } from '../sources/repository.ts';
import { log } from '../system/log.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { openWorkspace } from './context.ts';
import type { Shard } from './output-options.ts';

/** Prints what targets build to, or writes one file for each of them. */
export async function render(
  root: string,
  names: readonly string[],
  { out, shard }: { out?: string; shard?: Shard },
): Promise<number> {
  const { tree, tool, cache } = await openWorkspace(root);
  const { targets } = readRepository(tree);
  const wanted = names.map((name) => name.replace(/^\.\//, '').replace(/\/$/, ''));
  const unknown = wanted.filter((name) => !targets.some((target) => target.name === name));
  if (unknown.length > 0) {
    throw new UserError(`no such target: ${unknown.join(', ')}`, {
      fix: `targets are ${targets.map(({ name }) => name).join(', ')}`,
    });
  }
  const chosen = targets
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .filter((_, index) => !shard || index % shard.count === shard.index - 1);
  const builds = await renderTargets(tool, tree, chosen, cache);
  const failures = builds.flatMap(({ failure }, index) =>
    failure === undefined ? [] : `${chosen[index]?.name}: ${failure}`,
  );
  if (failures.length > 0)
    throw new UserError(`kustomize cannot build\n  ${failures.join('\n  ')}`, {
      fix: 'run `npm run validate` to see where',
    });
  if (out === undefined) {
    process.stdout.write(builds.map(({ text }) => text).join('---\n'));
  } else {
    for (const [index, { text }] of builds.entries()) {
      const path = join(out, `${chosen[index]?.name}.yaml`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileAtomic(path, text);
    }
  }
  log(
    `${chosen.length} targets, ${builds.filter(({ cached }) => cached).length} from the cache (kustomize ${tool.version}, ${tool.origin})`,
  );
  return 0;
}
