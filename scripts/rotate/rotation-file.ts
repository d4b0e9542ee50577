import { stringify } from 'yaml';
import { z } from 'zod';
import { shellWord } from '../system/shell-word.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { validateYaml } from '../yaml/validate-yaml.ts';
import { parseYaml } from '../yaml/yaml-file.ts';

const secretName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a Secret');

/** The two roles that the services log in as, one at a time; both act as the role that owns the tables. */
export const DATABASE_ROLES = ['ai_spm_a', 'ai_spm_b'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** Which Secret the workloads take a value from. */
const inUseSchema = z.strictObject({
  database: z.strictObject({ secret: secretName, role: z.enum(DATABASE_ROLES) }),
  session: z.strictObject({ secret: secretName, accepted: secretName.optional() }),
  wiz: z.strictObject({ secret: secretName }),
});

const underWaySchema = z.strictObject({
  id: z.string(),
  by: z.string(),
  /** The phase that the last step led to, and when. Only breaks ties: the files themselves tell the phase. */
  phase: z.string(),
  since: z.iso.datetime(),
  /** The furthest phase that steps back have led away from: what was said there, clusters may still do. */
  reached: z.string().optional(),
  /** The gates were passed over. */
  emergency: z.literal(true).optional(),
});

export const rotationFileSchema = z.strictObject({
  inUse: inUseSchema,
  underWay: z.record(z.string(), underWaySchema),
  /**
   * Greatest number that a Secret was ever named with. No name is given twice: pods may still run with the value of a Secret that was taken
   * back, and its name is all that tells them apart.
   */
  highest: z.int().positive().optional(),
});

export type InUse = z.infer<typeof inUseSchema>;
export type UnderWay = z.infer<typeof underWaySchema>;
export type RotationFile = z.infer<typeof rotationFileSchema>;

/** The Secret that `rotate init` makes holds all of them, until the first rotation of each. */
export const FIRST_SECRET = 'ai-spm-secrets';
export const FIRST: RotationFile = {
  inUse: {
    database: { secret: FIRST_SECRET, role: 'ai_spm_a' },
    session: { secret: FIRST_SECRET },
    wiz: { secret: FIRST_SECRET },
  },
  underWay: {},
};
export const VALUES_IN_USE = Object.keys(FIRST.inUse);

export const STATE_WRONG =
  'it says which Secret the workloads read: a step that starts from a wrong state takes a live value away';
/** Beside it; not entered when it is looked for. */
const FOLDERS = ['secrets', 'platform'];
const HEADER =
  '# Written by `npm run rotate`: which Secret the workloads take each value from, and the rotations that are under way.\n';

export function rotationPath(cluster: string): string {
  return `clusters/${cluster}/rotation.yaml`;
}

/**
 * @returns how it is in a new cluster, where there is no such file
 * @throws UserError with the place of the first field that is wrong
 */
export function readRotationFile(tree: SourceTree, cluster: string): RotationFile {
  const path = rotationPath(cluster);
  const text = tree.read(path);
  if (text === undefined) {
    demandNothingThere(tree, cluster);
    return FIRST;
  }
  if (tree.isLinked(path)) throw notRegular(path);
  const { value, issues } = validateYaml(parseYaml(path, text), rotationFileSchema);
  if (value) return value;
  const [{ source, message }] = issues as [(typeof issues)[number]];
  throw new UserError(`${path} is not right: ${message}`, {
    source,
    why: STATE_WRONG,
    fix: `it is written by \`npm run rotate\` alone: take back what was edited, \`git checkout ${shellWord(path)}\``,
  });
}

/** @throws UserError for a folder, a pipe, or a symbolic link: what it said is not known, and another file would be changed with it */
export function demandNothingThere(tree: SourceTree, cluster: string): void {
  const path = rotationPath(cluster);
  // The listing has the links that lead nowhere, too.
  if (tree.kind(path) === 'missing' && !tree.list(`clusters/${cluster}`, FOLDERS).includes(path)) return;
  throw notRegular(path);
}

function notRegular(path: string): UserError {
  return new UserError(`${path} is not a regular file`, {
    source: { file: path, line: 1, column: 1 },
    why: STATE_WRONG,
    fix: `it is written by \`npm run rotate\` alone: remove what is there, and ${restoreCommand(path)}`,
  });
}

/** From the newest commit that wrote it as a file, whether a commit or only the work tree has lost it. */
export function restoreCommand(path: string): string {
  const file = shellWord(path);
  return `git checkout "$(git log -1 --diff-filter=AM --format=%H -- ${file})" -- ${file}`;
}

/** @returns its text, or `undefined` where it would say what holds without it */
export function rotationText(file: RotationFile): string | undefined {
  if (JSON.stringify(file) === JSON.stringify(FIRST)) return undefined;
  return HEADER + stringify(file, { lineWidth: 0 });
}
