import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { replaceFolder } from './replace-folder.ts';
import { runProcess } from './run-process.ts';

describe('replaceFolder', () => {
  it('makes a folder, and takes away what is no longer in it', () => {
    const root = temporaryTree({});
    const folder = join(root, 'report');
    replaceFolder(folder, { 'a/one.txt': '1', 'two.txt': '2' });
    replaceFolder(folder, { 'two.txt': '3' });

    expect(readdirSync(root, { recursive: true }).sort()).toEqual(['report', 'report/two.txt']);
    expect(readFileSync(join(folder, 'two.txt'), 'utf8')).toBe('3');
  });

  it('keeps the old folder where the new one cannot be written', () => {
    const root = temporaryTree({ 'report/two.txt': '2' });
    const write = () => replaceFolder(join(root, 'report'), { a: '', 'a/b': '' });

    expect(write).toThrow(/a cannot be written/);
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(['report', 'report/two.txt']);
  });

  it('ends well in processes that do it at the same time', async () => {
    const root = temporaryTree({});
    const code = `const { replaceFolder } = require('./scripts/system/replace-folder.ts');
      for (let i = 0; i < 300; i++) replaceFolder(${JSON.stringify(join(root, 'report'))}, { a: String(i), b: String(i) });`;
    const runs = [1, 2, 3].map(() => runProcess(process.execPath, ['-r', './scripts/load-typescript.js', '-e', code]));

    for (const run of await Promise.all(runs)) expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(['report', 'report/a', 'report/b']);
  });
});
