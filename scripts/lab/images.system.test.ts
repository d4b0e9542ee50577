import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { copyStore } from './images.ts';

const DATABASE = 'io.containerd.metadata.v1.bolt/meta.db';
const FILE = 'io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/bin/envoy';
const files = { [`store/${DATABASE}`]: 'metadata', [`store/${FILE}`]: 'program' };

/** A folder of the file system that every Linux has in memory, which has no links to files of another one. */
function elsewhere(): string {
  const folder = mkdtempSync('/dev/shm/ai-spm-mesh-test-');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
const inode = (path: string) => statSync(path).ino;

it('a cluster shares the files of images with the cache, and has databases of its own', async () => {
  const folder = temporaryTree(files);
  const [store, target] = [join(folder, 'store'), join(folder, 'lab-1/containerd')];
  await copyStore(store, target);

  expect(inode(join(target, FILE))).toBe(inode(join(store, FILE)));
  writeFileSync(join(target, DATABASE), 'of the cluster');
  expect(readFileSync(join(store, DATABASE), 'utf8')).toBe('metadata');
});

it('is given copies where the cache is on another file system', async () => {
  const store = join(temporaryTree(files), 'store');
  const target = join(elsewhere(), 'lab-1/containerd');
  expect(statSync(store).dev).not.toBe(statSync('/dev/shm').dev);
  await copyStore(store, target);

  for (const [path, text] of Object.entries(files))
    expect(readFileSync(join(target, path.slice('store/'.length)), 'utf8')).toBe(text);
});

it('says why neither can be had', async () => {
  const folder = temporaryTree({});

  await expect(copyStore(join(folder, 'none'), join(folder, 'lab-1'))).rejects.toMatchObject({
    details: { why: expect.stringContaining('No such file or directory') },
  });
});
