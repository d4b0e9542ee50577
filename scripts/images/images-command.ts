import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { floatingReason } from '../resources/image-reference.ts';
import { readError } from '../system/file-error.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { readDockerConfig } from './docker-config.ts';
import { setImageField } from './edit-images.ts';
import { IMAGES_FILE, readImages, selectImages } from './image-list.ts';
import { TAG } from './image-location.ts';
import { parseRegistryMapping } from './registry-map.ts';
import { nameAndVersion, resolveDigests } from './resolve-images.ts';

export interface ResolveOptions {
  /** Names, in full or their last part; all images when empty. */
  only?: readonly string[];
  /** Compare what is written with what the registries say, and write nothing. */
  check?: boolean;
  /** Each as `ghcr.io/ai-spm=mirror.example.com/ai-spm`: where to ask instead. */
  registryMap?: readonly string[];
  env?: NodeJS.ProcessEnv;
}

/** Prints the images of the platform, each with version, digest and place. */
export function listImages(root: string): number {
  const rows = readImages(IMAGES_FILE, readText(root)).map(({ name, image, version, digest, source }) => [
    name === image ? name : `${name} => ${image}`,
    version ?? '-',
    digest ?? '-',
    `${source.file}:${source.line}`,
  ]);
  print([['NAME', 'VERSION', 'DIGEST', 'AT'], ...rows]);
  return 0;
}

/**
 * Asks the registry of each image which digest its version has, and writes it beside the version: for all of them or for none.
 * @returns exit code: 1 when `check` finds that a version stands for another image than the one that is written
 * @throws UserError with everything that keeps an image from being resolved
 */
export async function resolveImages(root: string, options: ResolveOptions = {}): Promise<number> {
  const { only = [], check = false, registryMap = [], env = process.env } = options;
  const text = readText(root);
  const listed = readImages(IMAGES_FILE, text);
  const images = only.length > 0 ? selectImages(listed, only) : listed;
  const asked = check ? images.filter(({ digest }) => digest) : images;
  const found = await resolveDigests(asked, registryMap.map(parseRegistryMapping), readDockerConfig(env));
  const rows = images.map((entry) => {
    const now = found.get(entry.name);
    const name = nameAndVersion(entry);
    if (!now) return ['unpinned', name, '-'] as const;
    if (!entry.digest) return ['pinned', name, now] as const;
    return entry.digest === now
      ? (['same', name, now] as const)
      : (['moved', name, `${now} (was ${entry.digest})`] as const);
  });
  if (!check) write(root, text, found);
  print(rows);
  const count = (result: string) => rows.filter(([word]) => word === result).length;
  const counts = ['same', 'pinned', 'moved', 'unpinned'].map((word) => `${count(word)} ${word}`);
  tell(`${images.length} images: ${counts.join(', ')}`);
  return check && count('moved') > 0 ? 1 : 0;
}

/**
 * Gives an image another version, and in the same write takes away the digest of the old one.
 * @param name in full, or its last part
 * @throws UserError when the image is not listed, or the version cannot be a tag or is one that moves
 */
export function setVersion(root: string, name: string, version: string): number {
  if (!TAG.test(version)) {
    throw new UserError(`\`${version}\` cannot be the version of an image`, {
      fix: 'use the tag as the registry has it: letters, digits, `.`, `_` and `-`, at most 128 of them',
    });
  }
  const text = readText(root);
  const [entry] = selectImages(readImages(IMAGES_FILE, text), [name]);
  const reason = floatingReason({ repository: name, tag: version });
  if (reason) {
    throw new UserError(`\`${version}\` is no exact version: ${name} ${reason}`, {
      why: 'the tag may stand for another image tomorrow, and `npm start` refuses it (K8S025)',
      fix: 'give the tag of one release, such as 1.4.2',
    });
  }
  if (!entry || entry.version === version) {
    tell(`${name} has version ${version} already`);
    return 0;
  }
  const edited = setImageField(text, entry.name, 'newTag', version);
  writeFileAtomic(join(root, IMAGES_FILE), setImageField(edited, entry.name, 'digest', undefined));
  print([[entry.name, entry.version ?? '-', '->', version]]);
  if (entry.digest) tell(`its digest is gone: \`npm run images -- resolve ${name}\` writes that of ${version}`);
  return 0;
}

function readText(root: string): string {
  const path = join(root, IMAGES_FILE);
  try {
    if (existsSync(path)) return readFileSync(path, 'utf8');
  } catch (error) {
    throw readError(path, error);
  }
  throw new UserError(`${IMAGES_FILE} does not exist`, {
    why: 'it is the one place that names the images of the platform',
    fix: 'restore it from git',
  });
}

function write(root: string, text: string, digests: ReadonlyMap<string, string>): void {
  const edited = [...digests].reduce((all, [name, digest]) => setImageField(all, name, 'digest', digest), text);
  if (edited === text) return;
  // Registries may take long to answer; what somebody wrote meanwhile must not be lost.
  if (readText(root) !== text) {
    throw new UserError(`${IMAGES_FILE} was changed while the registries were asked, nothing was written`, {
      fix: 'run the command again',
    });
  }
  writeFileAtomic(join(root, IMAGES_FILE), edited);
}

function print(rows: readonly (readonly string[])[]): void {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  for (const row of rows) {
    process.stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(width(column)))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
