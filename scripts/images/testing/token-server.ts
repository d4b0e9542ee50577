import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runProcess } from '../../system/run-process.ts';
import { temporaryTree } from '../../testing/temp-repository.ts';

const ISSUER = 'test-issuer';
const SERVICE = 'test-registry';

/** A server that gives the tokens that docker-registry checks under `auth: token`, and its section of the configuration. */
export interface TokenServer {
  auth: object;
  /** What was asked: `?service=...&scope=... as user`. */
  asked: string[];
}

/** @param password of `reader`; without credentials it gives tokens that allow nothing */
export async function startTokenServer(password: string): Promise<TokenServer> {
  const folder = temporaryTree({});
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(folder, name)) as [string, string];
  const subject = ['-subj', '/CN=test', '-days', '1', '-nodes', '-newkey', 'rsa:2048'];
  await runProcess('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', certificate]);
  const chain = [new X509Certificate(readFileSync(certificate)).raw.toString('base64')];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const basic = Buffer.from(request.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    asked.push(`${url.search} as ${basic.split(':')[0] || 'nobody'}`);
    if (basic && basic !== `reader:${password}`) return void response.writeHead(401).end();
    const scope = /^repository:(?<name>.*):(?<actions>.*)$/.exec(url.searchParams.get('scope') ?? '')?.groups;
    const access = basic && scope ? [{ type: 'repository', name: scope['name'], actions: ['pull'] }] : [];
    response.end(JSON.stringify({ token: sign({ access }, readFileSync(key, 'utf8'), chain) }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return { auth: { token: { realm, service: SERVICE, issuer: ISSUER, rootcertbundle: certificate } }, asked };
}

/** A JSON Web Token as the distribution project documents it for registries. */
function sign(claims: object, key: string, chain: readonly string[]): string {
  const now = Math.floor(Date.now() / 1000);
  const standard = {
    iss: ISSUER,
    aud: SERVICE,
    sub: 'test',
    iat: now,
    nbf: now - 10,
    exp: now + 300,
    jti: randomUUID(),
  };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ typ: 'JWT', alg: 'RS256', x5c: chain })}.${encode({ ...standard, ...claims })}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(key, 'base64url')}`;
}
