import { CORE_SCHEMA, load } from 'js-yaml';
import type { SourceTree } from '../system/source-tree.ts';
import { MAX_FILE_BYTES } from './yaml-file.ts';

/** The value of a YAML file, `undefined` where there is none or it cannot be read. Fast: a fleet has a row for each cluster. */
export function plainFile(tree: SourceTree, path: string): unknown {
  const text = tree.read(path) ?? '';
  if (text.length > MAX_FILE_BYTES) return undefined;
  try {
    return load(text, { schema: CORE_SCHEMA });
  } catch {
    // Not YAML, or more than one document: `npm run validate` says so.
    return undefined;
  }
}
