import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { answersIn, loadScript } from './load.ts';

/** The script as in a pod, on this machine. @returns what it wrote, and how many requests came */
async function run(maxSeconds: number, stopAfterMs?: number): Promise<{ output: string; requests: number }> {
  let requests = 0;
  const server = createServer((_, response) => response.writeHead(requests++ === 0 ? 503 : 200).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const shell = spawn('sh', ['-c', loadScript({ request: [url], perSecond: 5, maxSeconds })]);
  let output = '';
  shell.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise((resolve) => shell.on('close', resolve));
  if (stopAfterMs !== undefined) await sleep(stopAfterMs).then(() => shell.kill('SIGTERM'));
  await ended;
  return { output, requests };
}

it('counts every request until it is stopped', async () => {
  const { output, requests } = await run(60, 1500);

  const answers = answersIn(output, 'outside');
  expect(output.endsWith('\ncomplete\n')).toBe(true);
  expect(requests).toBeGreaterThan(1);
  expect(answers.map(({ status }) => status)).toEqual(['503', ...Array(requests - 1).fill('200')]);
  expect(Math.abs((answers[0]?.at ?? 0) - Date.now() / 1000)).toBeLessThan(30);
});

it('ends by itself', async () => {
  const { output } = await run(2);

  expect(output.endsWith('\ncomplete\n')).toBe(true);
});

it('reads the log of a load, also of one that goes on', () => {
  const lines = ['100\t200\t0\t3\tenvoy\t2', '101\t403\t0\t1\tenvoy\t19', '102\t000\t6\t\t\t'];
  const answers = [
    { at: 100, status: '200', outcome: 'passed', seen: 'status 200' },
    { at: 101, status: '403', outcome: 'refused', seen: 'status 403 by policy', refusedBy: 'callee' },
    { at: 102, status: '000', outcome: 'unsent', seen: 'the name does not resolve' },
  ];

  expect(answersIn(`${lines.join('\n')}\ncomplete\n`, 'intruder')).toEqual(answers);
  expect(answersIn(`${lines.join('\n')}\n103\t2`, 'intruder')).toEqual(answers);
});
