import { request } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex, PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { PortForward } from '@kubernetes/client-node';

/** What listens inside of a pod, on its loopback interface too. */
export interface PodPort {
  namespace: string;
  pod: string;
  port: number;
}

/** Envoy's account of itself, in every proxy (Istio, `proxyAdminPort`). */
export const ENVOY_ADMIN = 15000;
/** Metrics and `/debug` of istiod (Istio, `--monitoringAddr`). */
export const ISTIOD_MONITORING = 15014;

/**
 * GET by the port-forward of the API server, as istioctl asks proxies: nothing is started in the pod, and no right to start anything is
 * needed.
 * @returns the body
 * @throws Error where nothing listens, the answer is not 200, or it is not whole in time
 */
export async function getInPod(forward: PortForward, at: PodPort, path: string, timeoutMs: number): Promise<string> {
  let fail: (reason: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const late = () => fail(new Error(`no answer within ${timeoutMs / 1000} s`));
  AbortSignal.timeout(timeoutMs).addEventListener('abort', late);
  const opening = openPort(forward, at, fail);
  try {
    return await Promise.race([failed, opening.then((connection) => bodyOf(connection, path))]);
  } catch (cause) {
    const { message = String(cause) } = cause as { message?: string };
    // A websocket is refused without a word.
    const reason = /\b403\b/.test(message)
      ? `may not be reached: the right \`create pods/portforward\` is missing`
      : message;
    throw new Error(`port ${at.port} of ${at.namespace}/${at.pod}: ${reason}`, { cause });
  } finally {
    // One that opens too late is closed too.
    opening.then(
      (connection) => connection.destroy(),
      () => {},
    );
  }
}

async function openPort(
  forward: PortForward,
  { namespace, pod, port }: PodPort,
  refuse: (reason: Error) => void,
): Promise<Duplex> {
  const toPod = new PassThrough();
  const connection = new Duplex({ read() {}, write: (chunk, _, done) => toPod.write(chunk, done) });
  const fromPod = writableOf((chunk) => connection.push(chunk));
  const refusal = writableOf((reason) => refuse(new Error(reason.toString('utf8').trim())));
  const socket = await forward.portForward(namespace, pod, [port], fromPod, refusal, toPod);
  if (typeof socket === 'function') throw new Error('a port-forward without retries is one connection');
  socket.on('close', () => connection.push(null));
  connection.on('close', () => socket.close());
  return connection;
}

/** Without the empty chunk that the number of the port leaves, which each channel begins with. */
function writableOf(take: (chunk: Buffer) => void): Writable {
  const write = (chunk: Buffer, _: string, done: () => void) => {
    if (chunk.length > 0) take(chunk);
    done();
  };
  return new Writable({ write });
}

function bodyOf(connection: Duplex, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { path, host: 'localhost', createConnection: () => connection as Socket } as const;
    const asked = request(options, async (response) => {
      const body = await text(response).catch(reject);
      if (body === undefined) return;
      if (response.statusCode === 200) resolve(body);
      else reject(new Error(`${path} answers ${response.statusCode}: ${body.slice(0, 200)}`));
    });
    asked.on('error', reject).end();
  });
}
