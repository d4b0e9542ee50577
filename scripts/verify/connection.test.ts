import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { clusterNameOf, connect } from './connection.ts';

const POD = { namespace: 'ai-spm', pod: 'one', container: 'istio-proxy' };
const SUCCESS = JSON.stringify({ status: 'Success' });
const FAILURE = JSON.stringify({ status: 'Failure', message: 'exit code 7' });

/** An API server whose websocket does what the test says. The accept key is that of RFC 6455, the channels those of Kubernetes. */
async function clusterThat(answer: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer().on('upgrade', ({ headers }, socket) => {
    if (!(socket instanceof Socket)) throw new Error('not a TCP connection');
    sockets.push(socket);
    const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    const lines = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Protocol: v5.channel.k8s.io'];
    socket.write(`HTTP/1.1 101 Switching\r\n${lines.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { connection: connectTo(port), sockets };
}

function connectTo(port: number) {
  const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: one, cluster: { server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true } }]
users: [{ name: one, user: {} }]
contexts: [{ name: one, context: { cluster: one, user: one } }]
`;
  return connect('one', join(temporaryTree({ kubeconfig }), 'kubeconfig'));
}

/** One binary message, shorter than 126 bytes, on a channel: 1 is stdout, 2 stderr, 3 the status. */
function send(socket: Socket, channel: number, text: string): void {
  const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
  socket.write(Buffer.concat([Buffer.from([0x82, payload.length]), payload]));
}

/** Until the client says that it closes: the message of type 8. Those of a client are masked, and here all shorter than 126 bytes. */
async function closed(socket: Socket | undefined): Promise<void> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket ?? []) {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length > 0) {
      if (((bytes[0] ?? 0) & 0x0f) === 8) return;
      bytes = bytes.subarray(6 + ((bytes[1] ?? 0) & 0x7f));
    }
  }
  throw new Error('the client did not say that it closes');
}

it('gives what the command wrote', async () => {
  const { connection } = await clusterThat((socket) => {
    send(socket, 1, 'one ');
    send(socket, 1, 'two');
    send(socket, 3, SUCCESS);
  });

  expect(await connection.exec(POD, ['x'])).toBe('one two');
});

it('says what a command that fails wrote to stderr', async () => {
  const { connection } = await clusterThat((socket) => {
    send(socket, 2, 'no such file\n');
    send(socket, 3, FAILURE);
  });

  await expect(connection.exec(POD, ['x'])).rejects.toThrow('x in ai-spm/one fails: no such file');
});

it('a connection that is closed without a status is a failure, whatever was written before', async () => {
  const { connection } = await clusterThat((socket) => {
    send(socket, 1, 'half of it');
    socket.end();
  });

  await expect(connection.exec(POD, ['x'])).rejects.toThrow('the connection ended before the command did');
});

it('a connection that hangs is closed, and a failure', async () => {
  const { connection, sockets } = await clusterThat((socket) => send(socket, 1, 'half of it'));

  await expect(connection.exec(POD, ['x'], 200)).rejects.toThrow('does not end within 0.2 s');
  await closed(sockets[0]);
});

it('a connection that is refused is a failure that names the command', async () => {
  await expect(connectTo(1).exec(POD, ['x'])).rejects.toThrow(/^x in ai-spm\/one: .*ECONNREFUSED/);
});

it.each(['../../etc', 'Prod', ''])(
  'a cluster is not taken for one of the name `%s`, by which files would be named',
  async (name) => {
    const core = { readNamespacedConfigMap: async () => ({ data: { name } }) };

    await expect(clusterNameOf({ core, context: 'one' } as never)).rejects.toThrow('does not say which it is');
  },
);

const ENVOY = { namespace: 'ai-spm', pod: 'one', port: 15000 };

/** Channels of a port-forward: 0 is what the port answers, 1 why it cannot; each begins with two bytes, the number of the port. */
function forwarding(socket: Socket): void {
  for (const channel of [0, 1]) send(socket, channel, '::');
}

it('gives what a server in a pod answers', async () => {
  const { connection, sockets } = await clusterThat((socket) => {
    forwarding(socket);
    send(socket, 0, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none \r\n');
    send(socket, 0, '3\r\ntwo\r\n0\r\n\r\n');
  });

  expect(await connection.get(ENVOY, '/x')).toBe('one two');
  await closed(sockets[0]);
});

it.each([
  ['answers otherwise', ['HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nlater'], '/x answers 503: later'],
  ['ends before its answer does', ['HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf of it'], 'aborted'],
  ['ends before it answers', [], 'socket hang up'],
])('a server in a pod that %s is a failure', async (_, answers, reason) => {
  const { connection } = await clusterThat((socket) => {
    forwarding(socket);
    for (const answer of answers) send(socket, 0, answer);
    socket.end();
  });

  await expect(connection.get(ENVOY, '/x')).rejects.toThrow(`port 15000 of ai-spm/one: ${reason}`);
});

it('a port at which nothing listens is a failure with the reason of the node', async () => {
  const { connection } = await clusterThat((socket) => {
    forwarding(socket);
    send(socket, 1, 'dial tcp4 127.0.0.1:15000: connect: connection refused');
  });

  await expect(connection.get(ENVOY, '/x')).rejects.toThrow(/port 15000 of ai-spm\/one: .*connection refused/);
});

it('a server in a pod that does not answer in time is a failure, and the connection is closed', async () => {
  const { connection, sockets } = await clusterThat(forwarding);

  await expect(connection.get(ENVOY, '/x', 200)).rejects.toThrow('no answer within 0.2 s');
  await closed(sockets[0]);
});

it('an API server that refuses a port-forward is a failure that names the port', async () => {
  await expect(connectTo(1).get(ENVOY, '/x')).rejects.toThrow(/^port 15000 of ai-spm\/one: .*ECONNREFUSED/);
});
