import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { runProcess } from './run-process.ts';

const NODE = process.execPath;

describe('runProcess', () => {
  it('gives exit code and both outputs, a failure being a result', async () => {
    const script = 'process.stdout.write("out é"); process.stderr.write("err"); process.exitCode = 3';

    expect(await runProcess(NODE, ['-e', script])).toEqual({ code: 3, stdout: 'out é', stderr: 'err' });
  });

  it('passes arguments as they are, past any shell', async () => {
    const odd = ['$HOME', '; exit 9', '*', "it's", '"', ''];
    const { stdout } = await runProcess(NODE, ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...odd]);

    expect(JSON.parse(stdout)).toEqual(odd);
  });

  it('hands over folder, environment and input', async () => {
    const cwd = temporaryTree({ 'a.txt': '' });
    const script =
      'process.stdin.on("data", (d) => console.log(process.env.GREETING, String(d), require("fs").readdirSync(".")))';
    const { stdout } = await runProcess(NODE, ['-e', script], { cwd, env: { GREETING: 'hello' }, stdin: 'you' });

    expect(stdout).toBe("hello you [ 'a.txt' ]\n");
  });

  it('gives a process without input an empty one, and survives one that does not read its own', async () => {
    expect(await runProcess(NODE, ['-p', 'require("fs").readFileSync(0, "utf8").length'])).toMatchObject({
      stdout: '0\n',
    });
    expect(await runProcess(NODE, ['-e', '0'], { stdin: 'x'.repeat(4_000_000) })).toMatchObject({ code: 0 });
  });

  it('keeps a character together that arrives in two pieces', async () => {
    const script =
      'const b = Buffer.from("é"); process.stdout.write(b.subarray(0, 1)); setTimeout(() => process.stdout.write(b.subarray(1)), 50)';

    expect(await runProcess(NODE, ['-e', script])).toMatchObject({ stdout: 'é' });
  });

  it('says which signal ended a process', async () => {
    expect(await runProcess(NODE, ['-e', 'process.kill(process.pid, "SIGTERM")'])).toEqual({
      code: 143,
      stdout: '',
      stderr: 'node was ended by SIGTERM\n',
    });
  });

  it('stops what runs too long, also where a grandchild holds the output open', async () => {
    const script =
      'console.log(require("child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 3000)"], { stdio: "inherit" }).pid); setTimeout(() => {}, 60000)';
    const start = performance.now();

    await expect(runProcess(NODE, ['-e', script], { timeoutMs: 700 })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('did not end within 0.7 s'),
    });
    expect(performance.now() - start).toBeLessThan(2500);
  });

  it('ends the process that it gives up on', async () => {
    const cwd = temporaryTree({});
    const script = 'require("fs").writeFileSync("pid", String(process.pid)); setTimeout(() => {}, 20000)';
    await expect(runProcess(NODE, ['-e', script], { cwd, timeoutMs: 1000 })).rejects.toThrow();
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));

    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('gives up on a process that prints too much', async () => {
    const script = 'process.stdout.write("x".repeat(3000)); process.stderr.write("x".repeat(3000))';

    expect(await runProcess(NODE, ['-e', script], { maxBytes: 6000 })).toMatchObject({ code: 0 });
    await expect(runProcess(NODE, ['-e', script], { maxBytes: 5999 })).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('printed more than 5999 bytes'),
    });
  });

  it('says what cannot be started and why', async () => {
    const folder = temporaryTree({ plain: '#!/bin/sh\n' });
    const message = (text: string) => ({ name: 'UserError', message: text });

    await expect(runProcess('no-such-tool', [])).rejects.toMatchObject(
      message('the command `no-such-tool` was not found'),
    );
    const plain = join(folder, 'plain');
    await expect(runProcess(plain, [])).rejects.toMatchObject(message(`the command \`${plain}\` may not be executed`));
    const cwd = join(folder, 'gone');
    await expect(runProcess(NODE, [], { cwd })).rejects.toMatchObject(
      message(`the folder ${cwd} to run \`${NODE}\` in does not exist`),
    );
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
