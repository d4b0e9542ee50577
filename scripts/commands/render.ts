import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { renderTargets } from '../render/render.ts';
import { count } from '../report/text.ts';
import { readRepository } from '../sources/repository.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { log } from '../system/log.ts';
import { UserError } from '../system/user-error.ts';
import { makeFolder, writeFileAtomic } from '../system/write-file.ts';
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
  const known = new Set(targets.map(({ name }) => name));
  const wanted = names.map((name) => targetName(tree.root, name, known) ?? name);
  const unknown = wanted.filter((name) => !known.has(name));
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
      const path = join(resolve(callerFolder(), out), `${chosen[index]?.name}.yaml`);
      makeFolder(dirname(path));
      writeFileAtomic(path, text);
    }
  }
  log(
    `${count(chosen.length, 'target')}, ${builds.filter(({ cached }) => cached).length} from the cache (kustomize ${tool.version}, ${tool.origin})`,
  );
  return 0;
}

/** A target by its name, or by a path from the folder that the user is in. */
function targetName(root: string, text: string, known: ReadonlySet<string>): string | undefined {
  const path = resolve(callerFolder(), text);
  const byPath = relative(root, existsSync(path) ? realpathSync(path) : path);
  return [byPath, normalize(text).replace(/\/$/, '')].find((name) => known.has(name));
}
