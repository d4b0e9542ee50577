import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { runProcess } from './run-process.ts';

describe('withTemporaryFolder', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('removes the folder on %s and ends as without it', async (signal, code) => {
    const TMPDIR = temporaryTree({});
    const script = `const { withTemporaryFolder } = require('./scripts/system/temporary-folder.ts');
      const { readdirSync } = require('node:fs');
      withTemporaryFolder('work-', async () => {
        process.stdout.write(String(readdirSync(process.env.TMPDIR).some((name) => name.startsWith('work-'))));
        setTimeout(() => process.kill(process.pid, '${signal}'), 10);
        await new Promise((done) => setTimeout(done, 20000));
      });`;
    const env = { ...process.env, TMPDIR };

    expect(
      await runProcess(process.execPath, ['-r', './scripts/load-typescript.js', '-e', script], { env }),
    ).toMatchObject({
      code,
      stdout: 'true',
    });
    expect(readdirSync(TMPDIR).filter((name) => name.startsWith('work-'))).toEqual([]);
  });
});
