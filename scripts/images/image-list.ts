import { z } from 'zod';
import type { SourcePosition } from '../findings/finding.ts';
import { UserError } from '../system/user-error.ts';
import { validateYaml } from '../yaml/validate-yaml.ts';
import { parseYaml, positionAt, type Range } from '../yaml/yaml-file.ts';
import { DIGEST, locateImage, TAG } from './image-location.ts';

/** The one file that names and pins the images of the platform. */
export const IMAGES_FILE = 'base/kustomization.yaml';

/** One entry of `images:` of a kustomization. */
export interface ImageEntry {
  /** As the manifests have it. */
  name: string;
  /** What kustomize puts in its place, with the registry that has it: `newName`, else `name`. */
  image: string;
  version?: string | undefined;
  digest?: string | undefined;
  source: SourcePosition;
}

const imageName = z.string().refine((name) => locateImage(name) !== undefined, 'is not the name of an image');
const schema = z.looseObject({
  images: z.array(
    z.looseObject({
      name: imageName,
      newName: imageName.optional(),
      newTag: z.string({ error: 'must be text: put quotes around it' }).regex(TAG, 'is not a tag').optional(),
      digest: z.string().regex(DIGEST, 'is not a digest: sha256: and 64 hexadecimal digits').optional(),
    }),
  ),
});

/**
 * The images of a kustomization, in its order.
 * @param path of the file, for positions
 * @throws UserError with everything that is wrong with the list
 */
export function readImages(path: string, text: string): ImageEntry[] {
  const file = parseYaml(path, text);
  const { value, issues } = validateYaml(file, schema);
  if (!value) throw invalid(issues);
  const entries = value.images.map(({ name, newName, newTag, digest }, index) => {
    const node = file.documents[0]?.getIn(['images', index], true) as { range?: Range };
    const source = positionAt(file, node.range ? [node.range[0], node.range[0]] : [0, 0]);
    return { name, image: newName ?? name, version: newTag, digest, source };
  });
  const repeated = entries.filter(({ name }, index) => entries.findIndex((other) => other.name === name) < index);
  if (repeated.length > 0) {
    throw invalid(repeated.map(({ source, name }) => ({ source, message: `${name} is listed a second time` })));
  }
  return entries;
}

/**
 * The entries that a user means: by name in full, or by its last part where that is enough.
 * @throws UserError with all the names that fit no entry, or several
 */
export function selectImages(entries: readonly ImageEntry[], names: readonly string[]): ImageEntry[] {
  const found = names.map((name) => {
    const exact = entries.filter((entry) => entry.name === name);
    return exact.length > 0 ? exact : entries.filter((entry) => entry.name.endsWith(`/${name}`));
  });
  const wrong = names.filter((_, index) => found[index]?.length !== 1);
  if (wrong.length > 0) {
    throw new UserError(`no image of ${IMAGES_FILE} is meant by ${wrong.map((name) => `\`${name}\``).join(', ')}`, {
      fix: `use one of: ${entries.map(({ name }) => name).join(', ')}`,
    });
  }
  const meant = new Set(found.flat());
  return entries.filter((entry) => meant.has(entry));
}

function invalid(issues: readonly { source: SourcePosition; message: string }[]): UserError {
  const lines = issues.map(({ source: { file, line, column }, message }) => `  ${file}:${line}:${column}: ${message}`);
  const source = issues[0]?.source;
  return new UserError(`the list of images is not right\n${lines.join('\n')}`, {
    fix: 'correct these fields: each image has a name, and a version in newTag',
    ...(source ? { source } : {}),
  });
}
