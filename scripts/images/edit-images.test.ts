import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runProcess } from '../system/run-process.ts';
import { realKustomize } from '../testing/kustomize.ts';
import { temporaryTree } from '../testing/temp-repository.ts';
import { setImageField } from './edit-images.ts';
import { IMAGES_FILE, readImages } from './image-list.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;
const ROOT = join(__dirname, '../..');

describe('setImageField', () => {
  it('puts a digest on a line of its own after the version, and leaves every other byte', () => {
    const text = `# top
images:   # the list
  - name:   app     # spaces   stay
    newTag: '1.0'   # and comments

  -   newTag: "2.0"
      name: db
resources: [ a,b ]
`;

    expect(setImageField(setImageField(text, 'app', 'digest', A), 'db', 'digest', B)).toBe(`# top
images:   # the list
  - name:   app     # spaces   stay
    newTag: '1.0'   # and comments
    digest: ${A}

  -   newTag: "2.0"
      digest: ${B}
      name: db
resources: [ a,b ]
`);
  });

  it.each([
    [
      'a line break of Windows',
      'images:\r\n- name: app\r\n  newTag: "1"\r\n',
      `images:\r\n- name: app\r\n  newTag: "1"\r\n  digest: ${A}\r\n`,
    ],
    [
      'no line break at the end',
      'images:\n- name: app\n  newTag: "1"',
      `images:\n- name: app\n  newTag: "1"\n  digest: ${A}`,
    ],
    [
      'braces',
      'images: [{name: app, newTag: "1"}, {name: b}]\n',
      `images: [{name: app, newTag: "1", digest: "${A}"}, {name: b}]\n`,
    ],
    [
      'no version',
      'images:\n- name: app\n  newName: b # c\n',
      `images:\n- name: app\n  newName: b # c\n  digest: ${A}\n`,
    ],
    [
      'an alias',
      'images:\n- {name: b, newTag: &v "1"}\n- name: app\n  newTag: *v\n',
      `images:\n- {name: b, newTag: &v "1"}\n- name: app\n  newTag: *v\n  digest: ${A}\n`,
    ],
  ])('inserts after %s', (_, text, expected) => expect(setImageField(text, 'app', 'digest', A)).toBe(expected));

  it.each([
    ["newTag: '1.0'", '1.10', "newTag: '1.10'"],
    ['newTag: "1.0"', '1.10', 'newTag: "1.10"'],
    ['newTag: v1.0.0 # now', 'v1.0.1', 'newTag: v1.0.1 # now'],
    ['newTag: stable', '1.10', 'newTag: "1.10"'],
    ['newTag: 1.2.3', '1_000', 'newTag: "1_000"'],
    [`digest: ${A} # by hand`, B, `digest: ${B} # by hand`],
    [`digest: "${A}"`, B, `digest: "${B}"`],
  ])('replaces a value in %s by %s', (line, value, expected) => {
    const field = line.startsWith('digest') ? 'digest' : 'newTag';
    expect(setImageField(`images:\n- name: app\n  ${line}\n`, 'app', field, value)).toBe(
      `images:\n- name: app\n  ${expected}\n`,
    );
  });

  it.each([
    [
      `images:\n- name: app\n  newTag: "1"\n  digest: ${A} # of 1\n# next\n`,
      'images:\n- name: app\n  newTag: "1"\n# next\n',
    ],
    [`images:\n- name: app\n  newTag: "1"\n  digest: ${A}`, 'images:\n- name: app\n  newTag: "1"'],
    [`images:\r\n- name: app\r\n  newTag: "1"\r\n  digest: ${A}`, 'images:\r\n- name: app\r\n  newTag: "1"'],
    [`images:\n- digest: ${A}\n  name: app\n`, 'images:\n- name: app\n'],
    [`images: [{name: app, digest: "${A}", newTag: "1"}]\n`, 'images: [{name: app, newTag: "1"}]\n'],
    [`images: [{digest: "${A}", name: app}]\n`, 'images: [{name: app}]\n'],
    ['images: [{name: app}]\n', 'images: [{name: app}]\n'],
  ])('takes a digest away from %j', (text, expected) => {
    expect(setImageField(text, 'app', 'digest', undefined)).toBe(expected);
  });

  it.each([
    'images:\n- name: app\n  ? newTag\n  : "1.0"\n',
    'x: &x {name: app, newTag: "1.0"}\nimages:\n- *x\n',
    'images:\n- <<: {name: app}\n  other: 1\n',
  ])('refuses a form that it would damage: %j', (text) => {
    expect(() => setImageField(text, 'app', 'digest', A)).toThrow('cannot be edited without changing the rest');
  });

  const space = fc.constantFrom('', ' ', '   ');
  const comment = fc.constantFrom('', ' # a: b', '  #');
  const entry = fc.record({
    order: fc.shuffledSubarray(['name', 'newName', 'newTag', 'other']),
    dash: space,
    comment,
    gap: fc.boolean(),
  });
  const list = fc.tuple(
    fc.array(entry, { minLength: 1, maxLength: 4 }),
    space,
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  );

  it('changes the one field and no other byte, whatever the layout', () => {
    fc.assert(
      fc.property(list, fc.nat(3), ([entries, indent, eol, final], pick) => {
        const lines = entries.flatMap(({ order, dash, comment: note, gap }, index) => {
          const keys = order.includes('name') ? order : ['name', ...order];
          const value = (key: string) => (key === 'name' ? `app-${index}` : `"1.${index}"`);
          const rows = keys.map(
            (key, row) => `${indent}${row === 0 ? `- ${dash}` : `  ${dash}`}${key}: ${value(key)}${note}`,
          );
          return [...rows, ...(gap ? ['', `${indent}# between`] : [])];
        });
        const text = ['# head', 'images:', ...lines].join(eol) + (final ? eol : '');
        const name = `app-${pick % entries.length}`;
        const added = setImageField(text, name, 'digest', A);
        expect(parse(added).images.find((image: { name: string }) => image.name === name).digest).toBe(A);
        const addedLines = added.split(eol);
        expect(addedLines.filter((line) => !line.includes(A))).toEqual(text.split(eol));
        expect(setImageField(added, name, 'digest', undefined)).toBe(text);
        expect(setImageField(setImageField(added, name, 'digest', B), name, 'digest', A)).toBe(added);
      }),
    );
  });

  it('makes the real kustomize render name, version and digest of every image of the base', async () => {
    const root = temporaryTree({});
    cpSync(join(ROOT, 'base'), join(root, 'base'), { recursive: true });
    const before = readFileSync(join(root, IMAGES_FILE), 'utf8');
    const images = readImages(IMAGES_FILE, before);
    writeFileSync(
      join(root, IMAGES_FILE),
      images.reduce((text, { name }) => setImageField(text, name, 'digest', A), before),
    );
    const { command, args } = await realKustomize();
    const { code, stdout, stderr } = await runProcess(command, [...args, 'base'], { cwd: root });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { image, version } of images) expect(stdout).toContain(`image: ${image}:${version}@${A}\n`);
  });
});
