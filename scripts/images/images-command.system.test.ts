import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { IMAGES_FILE } from './image-list.ts';
import { listImages, resolveImages, setVersion } from './images-command.ts';
import { pushImage, type Registry, startRegistry } from './testing/registry.ts';

const TEXT = `# The one place.
images:
  - name: ghcr.io/ai-spm/ai-scanner # scans
    newTag: "1.0.0"
  - name: db
    newName: docker.io/library/postgres
    newTag: '15.18'
`;

/** The commands on a small repository whose registries are one docker-registry of this machine. */
describe('npm run images', () => {
  let root: string;
  let registry: Registry;
  let out: string;
  let options: { registryMap: string[]; env: NodeJS.ProcessEnv };
  const file = () => readFileSync(join(root, IMAGES_FILE), 'utf8');

  beforeEach(async () => {
    root = temporaryTree({ [IMAGES_FILE]: TEXT });
    registry = await startRegistry();
    const registryMap = [`ghcr.io/ai-spm=${registry.host}/ai-spm`, `docker.io=${registry.host}/hub`];
    options = { registryMap, env: { HOME: root } };
    out = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      out += chunk;
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });

  afterEach(() => void vi.restoreAllMocks());

  async function pushBoth(): Promise<{ scanner: string; postgres: string }> {
    const scanner = await pushImage(registry, 'ai-spm/ai-scanner', '1.0.0', 'one');
    const postgres = await pushImage(registry, 'hub/library/postgres', '15.18', 'database');
    return { scanner: scanner.index, postgres: postgres.index };
  }

  it('pins every image beside its version, and a second run changes nothing', async () => {
    const { scanner, postgres } = await pushBoth();

    expect(await resolveImages(root, options)).toBe(0);
    expect(file()).toBe(
      TEXT.replace('newTag: "1.0.0"\n', `newTag: "1.0.0"\n    digest: ${scanner}\n`).replace(
        "newTag: '15.18'\n",
        `newTag: '15.18'\n    digest: ${postgres}\n`,
      ),
    );
    const pinned = file();
    expect(await resolveImages(root, options)).toBe(0);
    expect(await resolveImages(root, { ...options, check: true })).toBe(0);
    expect(file()).toBe(pinned);
    expect(readdirSync(join(root, 'base'))).toEqual(['kustomization.yaml']);
  });

  it('finds a tag that moved, and writes nothing when it only checks', async () => {
    const { scanner } = await pushBoth();
    await resolveImages(root, options);
    const pinned = file();
    const moved = await pushImage(registry, 'ai-spm/ai-scanner', '1.0.0', 'two');
    out = '';

    expect(await resolveImages(root, { ...options, check: true })).toBe(1);
    expect(file()).toBe(pinned);
    expect(out).toMatch(
      new RegExp(`^moved +ghcr.io/ai-spm/ai-scanner:1.0.0 +${moved.index} \\(was ${scanner}\\)$`, 'm'),
    );
    expect(await resolveImages(root, { ...options, only: ['db'], check: true })).toBe(0);

    expect(await resolveImages(root, options)).toBe(0);
    expect(file()).toBe(pinned.replace(scanner, moved.index));
  });

  it('checks only what is pinned', async () => {
    expect(await resolveImages(root, { ...options, check: true })).toBe(0);
    expect(out).toMatch(/^unpinned +ghcr.io\/ai-spm\/ai-scanner:1.0.0 +-$/m);
  });

  it('resolves the images that are named, and no others', async () => {
    const { postgres } = await pushBoth();

    expect(await resolveImages(root, { ...options, only: ['db'] })).toBe(0);
    expect(file()).toBe(TEXT.replace("newTag: '15.18'\n", `newTag: '15.18'\n    digest: ${postgres}\n`));
  });

  it('names every image that fails, and writes none', async () => {
    await pushImage(registry, 'ai-spm/ai-scanner', '1.0.0', 'one');
    writeFileSync(join(root, IMAGES_FILE), `${TEXT}  - name: 127.0.0.1:1/app\n    newTag: "2"\n  - name: other\n`);
    const before = file();

    await expect(resolveImages(root, options)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(
        /^3 of 4 images .* nothing was written\n.*yaml:5:5: docker.io\/library\/postgres:15.18: .* has no hub\/library\/postgres:15.18\n.*yaml:8:5: 127.0.0.1:1\/app:2: .*cannot be reached.*\n.*yaml:10:5: other: has no version in newTag$/,
      ),
    });
    expect(file()).toBe(before);
  });

  it('does not undo what somebody writes while the registries are asked', async () => {
    await pushBoth();
    const resolving = resolveImages(root, options);
    writeFileSync(join(root, IMAGES_FILE), `${TEXT}# edited\n`);

    await expect(resolving).rejects.toThrow('was changed while the registries were asked');
    expect(file()).toBe(`${TEXT}# edited\n`);
  });

  it('sets a version and drops the digest of the old one', async () => {
    await pushBoth();
    await resolveImages(root, { ...options, only: ['ai-scanner'] });

    expect(setVersion(root, 'ai-scanner', '1.1.0')).toBe(0);
    expect(file()).toBe(TEXT.replace('1.0.0', '1.1.0'));
    await resolveImages(root, { ...options, only: ['db'] });
    const pinned = file();
    expect(setVersion(root, 'db', '15.18')).toBe(0);
    expect(file()).toBe(pinned);
  });

  it('refuses a version that is no tag or one that moves, an image that is not listed, and a list that is not there', () => {
    expect(() => setVersion(root, 'db', '15.18@sha256:00')).toThrow('cannot be the version of an image');
    expect(() => setVersion(root, 'gone', '1')).toThrow('is meant by `gone`');
    for (const moves of ['latest', 'stable', 'v15', '15-alpine'])
      expect(() => setVersion(root, 'db', moves)).toThrow(`\`${moves}\` is no exact version: db has the tag`);
    expect(() => listImages(temporaryTree({}))).toThrow('base/kustomization.yaml does not exist');
    expect(file()).toBe(TEXT);
  });

  it('lists the images', () => {
    listImages(root);

    expect(out).toBe(`NAME                              VERSION  DIGEST  AT
ghcr.io/ai-spm/ai-scanner         1.0.0    -       base/kustomization.yaml:3
db => docker.io/library/postgres  15.18    -       base/kustomization.yaml:5
`);
  });
});
