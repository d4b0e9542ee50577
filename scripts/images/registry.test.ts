import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DockerConfig } from './docker-config.ts';
import { resolveTag } from './registry.ts';

/** Registries that do not do as they should; those that do are in registry.system.test.ts. */
const ANONYMOUS: DockerConfig = { path: 'config.json', credentials: new Map(), hasHelpers: false };
const TYPE = 'application/vnd.oci.image.index.v1+json';
const BODY = '{"schemaVersion":2}';
const DIGEST = `sha256:${createHash('sha256').update(BODY).digest('hex')}`;
const OTHER = `sha256:${'0'.repeat(64)}`;

async function registry(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function resolve(host: string, known?: string, config = ANONYMOUS): Promise<string> {
  return resolveTag({ registry: host, repository: 'team/app' }, '1.0', config, known);
}

describe('resolveTag', () => {
  it('asks for all kinds of manifest, and for the content by the digest that the tag had', async () => {
    const asked: string[] = [];
    const accepted: (string | undefined)[] = [];
    const host = await registry((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      accepted.push(request.headers.accept);
      response
        .writeHead(200, { 'content-type': TYPE, 'docker-content-digest': DIGEST })
        .end(request.method === 'GET' ? BODY : '');
    });

    expect(await resolve(host)).toBe(DIGEST);
    expect(asked).toEqual(['HEAD /v2/team/app/manifests/1.0', `GET /v2/team/app/manifests/${DIGEST}`]);
    expect(accepted[0]).toMatch(/oci.*index.*manifest\.list.*oci.*manifest.*distribution\.manifest\.v2/);

    expect(await resolve(host, DIGEST)).toBe(DIGEST);
    expect(asked.slice(2)).toEqual(['HEAD /v2/team/app/manifests/1.0']);
  });

  it('does without HEAD and without the digest header', async () => {
    const host = await registry((request, response) => {
      response.writeHead(request.method === 'HEAD' ? 405 : 200, { 'content-type': `${TYPE}; charset=utf-8` }).end(BODY);
    });

    expect(await resolve(host)).toBe(DIGEST);
  });

  it.each([
    [
      'a digest that is not that of the content',
      { 'content-type': TYPE, 'docker-content-digest': OTHER },
      BODY,
      'says that the digest is',
    ],
    [
      'content that was cut',
      { 'content-type': TYPE, 'docker-content-digest': DIGEST },
      BODY.slice(1),
      'says that the digest is',
    ],
    [
      'a digest of another kind',
      { 'content-type': TYPE, 'docker-content-digest': 'md5:0/../../x' },
      BODY,
      'says that the digest is',
    ],
    [
      'a page to log in',
      { 'content-type': 'text/html' },
      '<html>',
      'answers with `text/html`, which is not an image manifest',
    ],
    [
      'a manifest of the first version',
      { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
      BODY,
      'not an image manifest',
    ],
    [
      'a manifest without end',
      { 'content-type': TYPE },
      'x'.repeat(4 * 1024 * 1024 + 1),
      'sends more than 4194304 bytes',
    ],
  ])('refuses %s', async (_, headers, body, message) => {
    const asked: (string | undefined)[] = [];
    const host = await registry(({ url }, response) => {
      asked.push(url);
      response.writeHead(200, headers).end(body);
    });

    await expect(resolve(host)).rejects.toThrow(message);
    for (const url of asked) expect(url).toMatch(/^\/v2\/team\/app\/manifests\/(1\.0|sha256:[0-9a-f]{64})$/);
  });

  it.each([
    [429, 'takes no more requests for now'],
    [500, 'answers with status 500'],
    [404, 'has no team/app:1.0'],
    [403, 'asks for credentials'],
  ])('says what status %i means', async (status, message) => {
    const host = await registry((_, response) => response.writeHead(status).end());

    await expect(resolve(host)).rejects.toThrow(message);
  });

  it('sends credentials to no token server over plain http elsewhere, or that a redirect leads to', async () => {
    const credentials = new Map<string, { username: string; password: string }>();
    const config = { ...ANONYMOUS, credentials };
    const seen: (string | undefined)[] = [];
    const elsewhere = await registry((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"token": "t"}');
    });
    const host = await registry((request, response) => {
      if (request.url?.startsWith('/token')) response.writeHead(302, { location: `http://${elsewhere}/` }).end();
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });
    credentials.set(host, { username: 'u', password: 'p' });
    await expect(resolve(host, undefined, config)).rejects.toThrow('refuses the credentials');
    expect(seen).toEqual([undefined]);

    const far = await registry((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://auth.example.com/token"' }).end();
    });
    credentials.set(far, { username: 'u', password: 'p' });
    await expect(resolve(far, undefined, config)).rejects.toThrow('http://auth.example.com/token, which is not https');
  });

  it.each(['{}', '{"token": "a\\nb"}', 'not json', '{"token": 5}'])('takes %s for no token', async (body) => {
    const host = await registry((request, response) => {
      if (request.url?.startsWith('/token')) response.end(body);
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });

    await expect(resolve(host)).rejects.toThrow('/token answers without a token');
  });

  it('gives up where its token is refused, and says that helpers are not asked', async () => {
    const asked: string[] = [];
    const host = await registry((request, response) => {
      if (request.url?.startsWith('/token')) response.end(`{"access_token": "t${asked.push(request.url)}"}`);
      else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
    });

    await expect(resolve(host, undefined, { ...ANONYMOUS, hasHelpers: true })).rejects.toThrow(
      '(credential helpers are not asked)',
    );
    expect(asked).toEqual(['/token?scope=repository%3Ateam%2Fapp%3Apull']);
  });
});
