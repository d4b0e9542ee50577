import { accessSchema } from '../access/access-file.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { validateYaml } from '../yaml/validate-yaml.ts';
import { parseYaml, positionAt } from '../yaml/yaml-file.ts';
import type { DeclaredAccess } from './check-access.ts';

const ACCESS_FILE = 'base/access.yaml';

/** @throws UserError when base/access.yaml cannot be read */
export function declaredAccess(root: string): DeclaredAccess {
  const text = openSourceTree(root).read(ACCESS_FILE);
  const file = text === undefined ? undefined : parseYaml(ACCESS_FILE, text);
  const { value } = file ? validateYaml(file, accessSchema) : {};
  if (!file || !value)
    throw new UserError(`${ACCESS_FILE} cannot be read`, { fix: 'npm run check says what is wrong with it' });
  return {
    edges: value.edges,
    sourceOf: (edge) => {
      const located = locate(file.documents[0]?.contents ?? null, ['edges', edge]);
      return positionAt(file, located ? rangeOf(located) : [0, 0]);
    },
  };
}
