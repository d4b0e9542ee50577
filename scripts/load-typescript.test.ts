import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProcess } from './system/run-process.ts';
import { ROOT } from './testing/repository-copy.ts';
import { temporaryTree } from './testing/temp-repository.ts';

const KEPT = 'node_modules/.cache/ai-spm-mesh/code';
const SOURCE = `interface Said {
  word: string;
}

export const said: Said = { word: 'one' };
console.log(said.word, new Error('here').stack?.split('\\n')[1]);
`;

/** A repository with the dependencies of this one, and a cache of its own. */
function repository(files = {}): string {
  const root = temporaryTree({
    'package.json': '{ "type": "commonjs" }',
    'tsconfig.json': readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'),
    'scripts/load-typescript.js': readFileSync(join(ROOT, 'scripts/load-typescript.js'), 'utf8'),
    'scripts/main.ts': SOURCE,
    'node_modules/.cache/none': '',
    ...files,
  });
  for (const name of ['ts-node', 'typescript', '@swc'])
    symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  return root;
}

/** What it prints, and whether the compiler was loaded for it. */
async function run(root: string): Promise<{ stdout: string; translated: boolean }> {
  writeFileSync(
    join(root, 'tell.js'),
    "process.on('exit', () => console.log(Object.keys(require.cache).some((path) => path.endsWith('/typescript.js'))));",
  );
  const args = ['-r', './tell.js', '-r', './scripts/load-typescript.js', 'scripts/main.ts'];
  const { code, stdout, stderr } = await runProcess(process.execPath, args, { cwd: root });
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trim().split('\n');
  return { translated: lines.pop() === 'true', stdout: lines.join('\n') };
}

it('translates a file once for each content, and stacks name the lines of the source', async () => {
  const root = repository();
  const place = `at Object.<anonymous> (${join(root, 'scripts/main.ts')}:6:24)`;
  expect(await run(root)).toEqual({ translated: true, stdout: `one     ${place}` });
  expect(await run(root)).toEqual({ translated: false, stdout: `one     ${place}` });

  writeFileSync(join(root, 'scripts/main.ts'), SOURCE.replace("'one'", "'two'"));
  expect(await run(root)).toMatchObject({ translated: true, stdout: expect.stringMatching(/^two /) });
  expect(readdirSync(join(root, KEPT))).toHaveLength(2);

  writeFileSync(
    join(root, 'tsconfig.json'),
    readFileSync(join(root, 'tsconfig.json'), 'utf8').replace('es2022', 'es2021'),
  );
  expect(await run(root)).toMatchObject({ translated: true });
});

it('translates anew what was kept empty, and shows an error also where its map is broken or says nothing of a line', async () => {
  const root = repository();
  const place = `at Object.<anonymous> (${join(root, 'scripts/main.ts')}:`;
  await run(root);
  const [file = ''] = readdirSync(join(root, KEPT));
  const kept = join(root, KEPT, file);
  const text = readFileSync(kept, 'utf8');

  writeFileSync(kept, '');
  expect(await run(root)).toEqual({ translated: true, stdout: `one     ${place}6:24)` });
  expect(readFileSync(kept, 'utf8')).toBe(text);

  const nothing = Buffer.from('{"version":3,"sources":[],"names":[],"mappings":""}').toString('base64');
  for (const map of ['e30', 'broken', nothing]) {
    writeFileSync(kept, text.replace(/(?<=;base64,).*/, map));
    const { stdout } = await run(root);
    expect(stdout).toMatch(/^one {5}at /);
    expect(stdout).toContain(place);
    expect(stdout).not.toContain('NaN');
  }
});

it('translates each time where nothing can be kept', async () => {
  const root = repository({ 'node_modules/.cache/ai-spm-mesh': 'no folder' });
  for (const _ of [1, 2])
    expect(await run(root)).toMatchObject({ translated: true, stdout: expect.stringMatching(/^one /) });
});
