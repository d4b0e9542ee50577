import { updateSchemas } from '../schemas/update.ts';
import { log } from '../system/log.ts';

/** Brings the field schemas up to date with the upstream definitions that scripts/schemas/upstreams.ts pins. */
export async function schemas(root: string, { check = false }: { check?: boolean }): Promise<number> {
  const { changed } = await updateSchemas({ root, check, log });
  for (const path of changed) process.stdout.write(`~ ${path}\n`);
  return check && changed.length > 0 ? 1 : 0;
}
