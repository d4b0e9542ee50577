import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { goModuleFolder } from './go-module.ts';
import { updateSchemas } from './update.ts';

/** With the real modules: needs Go and, unless its cache has them, the network. */
describe('updateSchemas', () => {
  let root: string;
  const repository = join(__dirname, '../..');

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'schemas-'));
    cpSync(join(repository, 'schemas'), join(root, 'schemas'), { recursive: true });
  });

  afterEach(() => rmSync(root, { recursive: true }));

  it('finds the files of this repository up to date', async () => {
    const lines: string[] = [];

    const result = await updateSchemas({ root: repository, check: true, log: (line) => lines.push(line) });

    expect(result).toEqual({ changed: [] });
    expect(lines).toHaveLength(5);
  });

  it('writes back what differs, and only that', async () => {
    const path = join(root, 'schemas/istio.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"STRICT"', '"STRICTER"'));
    rmSync(join(root, 'schemas/argo-cd.json'));

    const looked = await updateSchemas({ root, check: true, log: () => {} });
    expect(readFileSync(path, 'utf8')).toContain('STRICTER');
    const written = await updateSchemas({ root, check: false, log: () => {} });

    expect(looked.changed).toEqual([join('schemas', 'istio.json'), join('schemas', 'argo-cd.json')]);
    expect(written).toEqual(looked);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('says of a version that does not exist what to do', async () => {
    const error = await goModuleFolder({ module: 'istio.io/api', version: 'v1.31.99999' }).catch(
      (caught: unknown) => caught,
    );

    expect(error).toMatchObject({ message: expect.stringContaining('istio.io/api@v1.31.99999 cannot be downloaded') });
  });
});
