import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allowedUrl, httpRequest } from './http.ts';

const BOUNDS = { maxBytes: 1000, timeoutMs: 5000 };

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('httpRequest', () => {
  it('gives status, headers and body, an error status being an answer', async () => {
    const url = await serve((request, response) => {
      response.writeHead(404, { 'x-seen': `${request.method} ${request.headers['x-mine']}` }).end('nothing here');
    });
    const answer = await httpRequest(url, { ...BOUNDS, headers: { 'x-mine': 'yes' } });

    expect([answer.status, answer.headers.get('x-seen'), answer.body.toString()]).toEqual([
      404,
      'GET yes',
      'nothing here',
    ]);
  });

  it('follows redirects, with credentials to the same server only', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('there');
    });
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(307, { location: request.url === '/a' ? '/b' : `${other}/c` }).end();
    });
    const answer = await httpRequest(`${url}/a`, { ...BOUNDS, headers: { authorization: 'Bearer x' } });

    expect(answer.body.toString()).toBe('there');
    expect(seen).toEqual(['Bearer x', 'Bearer x', undefined]);
  });

  it('gives up on a loop of redirects, and on one that leads to plain http elsewhere', async () => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked++;
      response.writeHead(302, { location: request.url === '/loop' ? '/loop' : 'http://example.com/x?token=1' }).end();
    });

    await expect(httpRequest(`${url}/loop`, BOUNDS)).rejects.toThrow(`${url}/loop redirects more than 5 times`);
    expect(asked).toBe(6);
    await expect(httpRequest(`${url}/away`, BOUNDS)).rejects.toThrow(
      `${url}/away points to http://example.com/x, which is not https`,
    );
  });

  it('gives up on a body that is too large, announced or not', async () => {
    const url = await serve((_, response) => {
      response.write('x'.repeat(600));
      setTimeout(() => response.end('x'.repeat(600)), 20);
    });

    await expect(httpRequest(url, BOUNDS)).rejects.toThrow('sends more than 1000 bytes');
  });

  it('gives up on an answer that does not come, or stops halfway', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/half') response.write('half');
    });
    const brief = { ...BOUNDS, timeoutMs: 200 };

    await expect(httpRequest(`${url}/none`, brief)).rejects.toThrow(
      /cannot be reached: no complete answer within 0.2 s/,
    );
    await expect(httpRequest(`${url}/half`, brief)).rejects.toThrow(/no complete answer within 0.2 s/);
  });

  it('says why there is no connection', async () => {
    const url = await serve(() => {});
    const port = Number(new URL(url).port);
    const free = `http://127.0.0.1:${port === 65535 ? port - 1 : port + 1}/x`;

    await expect(httpRequest(free, BOUNDS)).rejects.toMatchObject({
      name: 'HttpError',
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/x cannot be reached: .*ECONNREFUSED/),
    });
  });
});

describe('allowedUrl', () => {
  const remote = new URL('https://registry.example.com/v2/');

  it.each([
    'https://example.com/a',
    'http://localhost:5000',
    'http://127.0.0.1',
    'http://127.9.9.9:1/',
    'http://[::1]:80/',
  ])('allows %s', (url) => expect(allowedUrl(url).href).toBe(new URL(url).href));

  it.each([
    'http://example.com/',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'https://user:secret@example.com/',
    'nonsense',
  ])('refuses %s without repeating credentials', (url) => {
    expect(() => allowedUrl(url)).toThrow(/^(?!.*secret)/);
  });

  it('lets no other server point to this machine', () => {
    for (const url of ['http://localhost/', 'https://127.0.0.1/', 'http://0x7f.1/']) {
      expect(() => allowedUrl(url, remote)).toThrow('on this machine');
    }
    expect(allowedUrl('/v2/token', remote).href).toBe('https://registry.example.com/v2/token');
    expect(allowedUrl('http://localhost:1/', new URL('http://127.0.0.1:5000/')).port).toBe('1');
  });
});
