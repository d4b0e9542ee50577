import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { type DockerConfig, readDockerConfig } from './docker-config.ts';
import { resolveTag } from './registry.ts';
import { pushImage, startRegistry } from './testing/registry.ts';
import { startTokenServer } from './testing/token-server.ts';

/** Against Debian's docker-registry: `apt-get install docker-registry`. */
const ANONYMOUS: DockerConfig = { path: 'config.json', credentials: new Map(), hasHelpers: false };
/** `secret`, as `htpasswd -B` writes it. */
const HTPASSWD = 'reader:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n';

function loggedIn(host: string, password: string): DockerConfig {
  const auth = Buffer.from(`reader:${password}`).toString('base64');
  return readDockerConfig({
    DOCKER_CONFIG: temporaryTree({ 'config.json': JSON.stringify({ auths: { [host]: { auth } } }) }),
  });
}

describe('resolveTag', () => {
  it('prefers the index of all platforms, and takes the manifest of one where there is no index', async () => {
    const registry = await startRegistry();
    const { index, manifest } = await pushImage(registry, 'ai-spm/ai-scanner', '1.0.0', 'one');
    const location = { registry: registry.host, repository: 'ai-spm/ai-scanner' };

    expect(await resolveTag(location, '1.0.0', ANONYMOUS)).toBe(index);
    expect(await resolveTag(location, '1.0.0-amd64', ANONYMOUS)).toBe(manifest);
    expect(index).not.toBe(manifest);
  });

  it('follows a tag that moves', async () => {
    const registry = await startRegistry();
    const location = { registry: registry.host, repository: 'app' };
    const first = await pushImage(registry, 'app', '1.0.0', 'one');
    expect(await resolveTag(location, '1.0.0', ANONYMOUS, first.index)).toBe(first.index);
    const second = await pushImage(registry, 'app', '1.0.0', 'two');

    expect(await resolveTag(location, '1.0.0', ANONYMOUS, first.index)).toBe(second.index);
  });

  it('says what is not there', async () => {
    const { host } = await startRegistry();

    await expect(resolveTag({ registry: host, repository: 'no/app' }, '9.9', ANONYMOUS)).rejects.toMatchObject({
      name: 'RegistryError',
      message: `${host} has no no/app:9.9`,
    });
  });

  it('logs in where the registry asks for a password', async () => {
    const open = await startRegistry();
    const { index } = await pushImage(open, 'app', '1.0.0', 'one');
    const htpasswd = join(temporaryTree({ htpasswd: HTPASSWD }), 'htpasswd');
    const { host } = await startRegistry({ htpasswd: { realm: 'test', path: htpasswd } }, open.storage);
    const location = { registry: host, repository: 'app' };

    expect(await resolveTag(location, '1.0.0', loggedIn(host, 'secret'))).toBe(index);
    await expect(resolveTag(location, '1.0.0', ANONYMOUS)).rejects.toThrow(
      `${host} asks for credentials, and config.json has none in \`auths\``,
    );
    await expect(resolveTag(location, '1.0.0', loggedIn(host, 'wrong'))).rejects.toThrow(
      new RegExp(`^${host} refuses the credentials of .*config.json for app$`),
    );
  });

  it('gets a token where the registry sends it to a token server', async () => {
    const open = await startRegistry();
    const { index } = await pushImage(open, 'ai-spm/app', '1.0.0', 'one');
    const { auth, asked } = await startTokenServer('secret');
    const { host } = await startRegistry(auth, open.storage);
    const location = { registry: host, repository: 'ai-spm/app' };

    expect(await resolveTag(location, '1.0.0', loggedIn(host, 'secret'))).toBe(index);
    expect(asked).toEqual(['?service=test-registry&scope=repository%3Aai-spm%2Fapp%3Apull as reader']);
    await expect(resolveTag(location, '1.0.0', ANONYMOUS)).rejects.toThrow('asks for credentials');
    await expect(resolveTag(location, '1.0.0', loggedIn(host, 'wrong'))).rejects.toThrow(
      /\/token gives no token for the credentials it got$/,
    );
  });

  it('never repeats a password or a token', async () => {
    const { auth } = await startTokenServer('secret');
    const { host } = await startRegistry(auth);
    const error: unknown = await resolveTag(
      { registry: host, repository: 'app' },
      '1',
      loggedIn(host, 'hunter2'),
    ).catch((caught: unknown) => caught);

    expect(JSON.stringify(error) + (error as Error).stack).not.toMatch(/hunter2|cmVhZGVy|Bearer|eyJ/);
  });
});
