import { spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { endProgram } from './end-program.ts';

/** As in the host of a cluster, whose namespaces are entered; here they are those of the test. */
const HOST = { pid: process.pid, started: '' };
const needsRoot = it.skipIf(process.getuid?.() !== 0);

function start(name: string, ...args: string[]) {
  const program = join(temporaryTree({}), name);
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['60', ...args], { stdio: 'ignore' });
  onTestFinished(() => void child.kill());
  return child;
}

needsRoot('has ended the program, and nothing that only names it, when it returns', async () => {
  const name = `lab-test-${process.pid}`;
  const child = start(name);
  const other = start(`${name}-other`);

  await endProgram(HOST, name);

  expect(() => process.kill(child.pid ?? 0, 0)).toThrow('ESRCH');
  expect(process.kill(other.pid ?? 0, 0)).toBe(true);
});

needsRoot('says where there is nothing to end: nothing would have been shown', async () => {
  await expect(endProgram(HOST, `lab-test-${process.pid}`)).rejects.toThrow('runs in the host');
});
