import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProcess } from '../system/run-process.ts';
import { hashFiles, hashText } from './hash.ts';
import type { LabImage } from './image-list.ts';
import { LAB, labCache } from './layout.ts';
import { progress } from './progress.ts';
import { run } from './run.ts';

/**
 * All images, unpacked as containerd keeps them, with the common base in it once.
 * @param contentKey changes whenever a file of an image does
 * @returns a folder in the cache, to be copied by `copyStore`
 */
export async function imageStore(images: readonly LabImage[], contentKey: string): Promise<string> {
  const base = await baseLayer();
  const folder = join(labCache(), 'images');
  const unpack = join(LAB, 'images/unpack.sh');
  // Wherever the checkout is, the images are the same.
  const made = JSON.stringify([images, contentKey, basename(base), hashFiles([unpack])]).replaceAll(LAB, '');
  const store = join(folder, `store-${hashText(made)}`);
  if (existsSync(store)) return store;
  progress('making the images: about 1 min');
  const archive = join(folder, 'unfinished.tar');
  await writeArchive(archive, images, base);
  const unfinished = join(folder, 'unfinished-store');
  rmSync(unfinished, { recursive: true, force: true });
  await run('unshare', [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    'bash',
    unpack,
    archive,
    unfinished,
  ]);
  rmSync(archive);
  renameSync(unfinished, store);
  removeOlder(folder, store);
  return store;
}

/**
 * Gives a cluster the images: its containerd finds them where it keeps its own. Files of images are never written to, so they are
 * linked; containerd's databases are. Where the cache is on another file system, which has no links to it, all of it is copied.
 */
export async function copyStore(store: string, target: string): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const { code } = await runProcess('cp', ['--archive', '--link', store, target]);
  if (code !== 0) {
    rmSync(target, { recursive: true, force: true });
    await run('cp', ['--archive', '--reflink=auto', store, target]);
  }
  const databases = readdirSync(target, { recursive: true, encoding: 'utf8' }).filter(isDatabase);
  for (const path of databases) {
    rmSync(join(target, path));
    copyFileSync(join(store, path), join(target, path));
  }
}

/** Those of the metadata and of the snapshotter; not files of images with such a name. */
function isDatabase(path: string): boolean {
  return /^io\.containerd\.[^/]+\/[^/]+\.db$/.test(path);
}

/** Writes an archive of the kind that `docker save` writes. */
async function writeArchive(archive: string, images: readonly LabImage[], base: string): Promise<void> {
  const work = `${archive}.files`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  linkSync(base, join(work, 'base.tar'));
  const baseDigest = await digest(base);
  const manifest = [];
  for (const [index, image] of images.entries()) manifest.push(await writeImage(work, `${index}`, image, baseDigest));
  writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
  const members = readdirSync(work).filter((name) => /\.(tar|json)$/.test(name));
  await run('tar', ['-cf', archive, '-C', work, ...members]);
  rmSync(work, { recursive: true, force: true });
}

/** Debian with the packages that the images need, made once. */
async function baseLayer(): Promise<string> {
  const script = join(LAB, 'images/make-base.sh');
  const layer = join(labCache(), 'images', `base-${hashFiles([script])}.tar`);
  if (existsSync(layer)) return layer;
  progress('making the base of the images, once: about 1 min');
  mkdirSync(dirname(layer), { recursive: true });
  // mmdebstrap tells the format from the name.
  const unfinished = join(dirname(layer), 'unfinished.tar');
  await run('bash', [script, unfinished]);
  renameSync(unfinished, layer);
  return layer;
}

async function writeImage(work: string, id: string, image: LabImage, baseDigest: string) {
  const root = join(work, `${id}-files`);
  mkdirSync(root);
  for (const [path, source] of Object.entries(image.files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    await run('cp', ['-r', '--no-preserve=ownership', source, join(root, path)]);
  }
  for (const [path, to] of Object.entries(image.links ?? {})) symlinkSync(to, join(root, path));
  // Files of Go's module cache are read-only and not executable.
  await run('chmod', ['-R', 'u=rwX,go=rX', root]);
  for (const path of Object.keys(image.files).filter((path) => path.includes('/bin/'))) {
    await run('chmod', ['0755', join(root, path)]);
  }
  const layer = join(work, `${id}.tar`);
  await run('tar', [
    '-cf',
    layer,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--sort=name',
    '--mtime=@0',
    '-C',
    root,
    '.',
  ]);
  const { entrypoint, env = {}, user = '', workdir = '/' } = image;
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: {
      Entrypoint: entrypoint,
      Env: Object.entries({ PATH: path, ...env }).map(([name, value]) => `${name}=${value}`),
      User: user,
      WorkingDir: workdir,
    },
    rootfs: { type: 'layers', diff_ids: [baseDigest, await digest(layer)] },
  };
  writeFileSync(join(work, `${id}.json`), JSON.stringify(config));
  return { Config: `${id}.json`, RepoTags: [image.name], Layers: ['base.tar', `${id}.tar`] };
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

/** A store takes some gigabytes. */
function removeOlder(folder: string, store: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (/^(store|images)-/.test(name) && path !== store) rmSync(path, { recursive: true });
  }
}
