import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMAGES_FILE, readImages, selectImages } from './image-list.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('readImages', () => {
  it('reads the list of this repository', () => {
    const images = readImages(IMAGES_FILE, readFileSync(join(__dirname, '../..', IMAGES_FILE), 'utf8'));

    expect(images.length).toBeGreaterThan(5);
    for (const { version } of images) expect(version).toMatch(/^\d+\.\d+/);
  });

  it('gives each image with the place of its entry', () => {
    const text = `images:\n- name: app\n  newName: ghcr.io/x/app\n  newTag: "1.0"\n- {name: db, digest: "${DIGEST}"}\n`;

    expect(readImages('k.yaml', text)).toEqual([
      {
        name: 'app',
        image: 'ghcr.io/x/app',
        version: '1.0',
        digest: undefined,
        source: { file: 'k.yaml', line: 2, column: 3 },
      },
      { name: 'db', image: 'db', version: undefined, digest: DIGEST, source: { file: 'k.yaml', line: 5, column: 3 } },
    ]);
  });

  it('names everything that is wrong, with its place', () => {
    const text = `images:
  - name: app
    newTag: 1.10
  - name: App/Upper
    digest: sha256:12
  - newTag: "a b"
`;
    let message = '';
    try {
      readImages('k.yaml', text);
    } catch (error) {
      message = String(error);
    }

    expect(message.split('\n').slice(1)).toEqual([
      '  k.yaml:3:13: image 1: `newTag` must be text: put quotes around it',
      expect.stringContaining('k.yaml:4:11: image 2: `name` is not the name of an image'),
      expect.stringContaining('k.yaml:5:13: image 2: `digest` is not a digest'),
      expect.stringContaining('k.yaml:6:5: image 3: `name` is missing'),
      expect.stringContaining('k.yaml:6:13: image 3: `newTag` is not a tag'),
    ]);
  });

  it.each([
    ['images:\n  - name: a\n  - name: b\n  - name: a\n', 'k.yaml:4:5: a is listed a second time'],
    ['resources: []\n', 'k.yaml:1:1: `images` is missing'],
    ['images: [\n', 'k.yaml:2:1: '],
    ['', 'must hold one YAML document'],
  ])('refuses %j', (text, message) => expect(() => readImages('k.yaml', text)).toThrow(message));
});

describe('selectImages', () => {
  const entries = readImages(
    'k.yaml',
    'images: [{name: ghcr.io/a/app}, {name: ghcr.io/b/app}, {name: ghcr.io/a/db}, {name: db}]',
  );
  const names = (...wanted: string[]) => selectImages(entries, wanted).map(({ name }) => name);

  it('goes by the name in full, else by its last part, in the order of the file', () => {
    expect(names('db', 'ghcr.io/a/app')).toEqual(['ghcr.io/a/app', 'db']);
    expect(names('a/db')).toEqual(['ghcr.io/a/db']);
  });

  it('names all that fit no image or several', () => {
    expect(() => names('app', 'db', 'gone', 'pp')).toThrow(/is meant by `app`, `gone`, `pp`$/);
  });
});
