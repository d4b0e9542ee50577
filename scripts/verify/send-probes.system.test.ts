import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { runProcess } from '../system/run-process.ts';
import type { Connection } from './connection.ts';
import type { Probe } from './probe-plan.ts';
import { sendProbes } from './send-probes.ts';

/** The same script as in a pod, with the same curl, on this machine. */
const here = {
  exec: async (_pod, [command = '', ...args]) => (await runProcess(command, args)).stdout,
} as Pick<Connection, 'exec'> as Connection;
const pod = { namespace: '', pod: '', container: '' };

async function port(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function answerOf(probe: Omit<Probe, 'id' | 'from' | 'to'>): Promise<string> {
  const [result] = await sendProbes(here, pod, [{ id: 'p1', from: 'web', to: '127.0.0.1', ...probe }], 'example.com');
  return `${result?.passed ? 'passed' : 'refused'}: ${result?.seen}`;
}

const envoy = { server: 'envoy' };
it.each([
  ['passed: status 200', 200, { ...envoy, 'x-envoy-upstream-service-time': '3' }, 'ok'],
  ['passed: status 404', 404, { ...envoy, 'x-envoy-upstream-service-time': '3' }, 'no such path'],
  // The callee's own refusal is not one of the mesh.
  ['passed: status 403', 403, { ...envoy, 'x-envoy-upstream-service-time': '3' }, 'not yours'],
  ['refused: status 403 by policy', 403, { ...envoy, 'x-envoy-upstream-service-time': '3' }, 'RBAC: access denied'],
  ['refused: status 503', 503, envoy, 'no healthy upstream'],
  ['refused: status 502', 502, envoy, ''],
  // No proxy at either end: the callee was reached, and must not have been.
  ['passed: status 200', 200, {}, 'plain'],
])('%s for status %i with %j', async (expected, status, headers, body) => {
  const server = createHttpServer((_, response) =>
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body),
  );

  expect(await answerOf({ port: await port(server), http: { method: 'GET', path: '/x' } })).toBe(expected);
});

it('sends the path as it is written, and the method', async () => {
  const seen: string[] = [];
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end();
  });
  const number = await port(server);
  for (const method of ['GET', 'HEAD', 'DELETE']) await answerOf({ port: number, http: { method, path: '/a/../b' } });

  expect(seen).toEqual(['GET /a/../b', 'HEAD /a/../b', 'DELETE /a/../b']);
});

it('a connection that is reset is refused', async () => {
  const server = createServer((socket) => void socket.resetAndDestroy());

  expect(await answerOf({ port: await port(server), http: { method: 'GET', path: '/' } })).toBe(
    'refused: connection refused or reset',
  );
});

it('without HTTP an answer counts, an open connection alone does not', async () => {
  const asked: string[] = [];
  const database = createServer((socket) => {
    socket.on('data', (bytes) => {
      asked.push(bytes.toString('hex'));
      socket.write('N');
    });
  });
  const closing = createServer((socket) => void socket.end());

  expect(await answerOf({ port: await port(database) })).toBe('passed: answered');
  expect(asked).toEqual(['0000000804d2162f']);
  expect(await answerOf({ port: await port(closing) })).toBe('refused: closed without an answer');
});
