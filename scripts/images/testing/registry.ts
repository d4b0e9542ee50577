import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { temporaryTree } from '../../testing/temp-repository.ts';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const START_TIMEOUT_MS = 20_000;

/** A registry on this machine, until the test ends. */
export interface Registry {
  /** `127.0.0.1:41234` */
  host: string;
  /** Folder of its content, for another registry to serve. */
  storage: string;
}

/** Starts Debian's docker-registry. @param auth its `auth` section, as the configuration file has it */
export async function startRegistry(auth: object = {}, storage = temporaryTree({})): Promise<Registry> {
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage } },
    http: { addr: host },
    ...(Object.keys(auth).length > 0 ? { auth } : {}),
  };
  const folder = temporaryTree({ 'config.yml': JSON.stringify(config) });
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill());
  await untilItAnswers(child, `http://${host}/v2/`);
  return { host, storage };
}

async function untilItAnswers(child: ChildProcess, url: string): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk) => (said += chunk));
  child.on('error', (error) => (said += `${error.message}: install it with \`apt-get install docker-registry\``));
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await sleep(50)) {
    if (child.exitCode !== null || said.includes('ENOENT')) break;
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
  }
  throw new Error(`docker-registry does not start: ${said}`);
}

/** Pushes a small image of one platform and an index that holds it. Returns the digests of both. */
export async function pushImage(
  { host }: Registry,
  repository: string,
  tag: string,
  content: string,
): Promise<{ index: string; manifest: string }> {
  const base = `http://${host}/v2/${repository}`;
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, content }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...descriptor(config) },
      layers: [],
    }),
  );
  const platform = { architecture: 'amd64', os: 'linux' };
  const index = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ mediaType: OCI_MANIFEST, ...descriptor(manifest), platform }],
    }),
  );
  await pushBlob(base, config);
  await send('PUT', `${base}/manifests/${descriptor(manifest).digest}`, manifest, OCI_MANIFEST);
  await send('PUT', `${base}/manifests/${tag}-amd64`, manifest, OCI_MANIFEST);
  await send('PUT', `${base}/manifests/${tag}`, index, OCI_INDEX);
  return { index: descriptor(index).digest, manifest: descriptor(manifest).digest };
}

function descriptor(body: Buffer): { digest: string; size: number } {
  return { digest: `sha256:${createHash('sha256').update(body).digest('hex')}`, size: body.length };
}

async function pushBlob(base: string, body: Buffer): Promise<void> {
  const upload = await send('POST', `${base}/blobs/uploads/`);
  const url = new URL(upload.headers.get('location') ?? '', base);
  url.searchParams.set('digest', descriptor(body).digest);
  await send('PUT', url.href, body, 'application/octet-stream');
}

async function send(method: string, url: string, body?: Buffer, type?: string): Promise<Response> {
  const response = await fetch(url, {
    method,
    ...(body ? { body: new Uint8Array(body) } : {}),
    ...(type ? { headers: { 'content-type': type } } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
