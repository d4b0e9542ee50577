import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../testing/temp-repository.ts';
import { readDockerConfig } from './docker-config.ts';

function configOf(value: unknown) {
  const folder = temporaryTree({ 'config.json': typeof value === 'string' ? value : JSON.stringify(value) });
  return readDockerConfig({ DOCKER_CONFIG: folder });
}

const encode = (text: string) => Buffer.from(text).toString('base64');

describe('readDockerConfig', () => {
  it('finds credentials by host, whatever form the key has', () => {
    const { credentials } = configOf({
      auths: {
        'https://index.docker.io/v1/': { auth: encode('hub:a') },
        'ghcr.io': { auth: encode('gh:b:c') },
        'http://127.0.0.1:5000': { username: 'local', password: 'd' },
      },
    });

    expect(Object.fromEntries(credentials)).toEqual({
      'docker.io': { username: 'hub', password: 'a' },
      'ghcr.io': { username: 'gh', password: 'b:c' },
      '127.0.0.1:5000': { username: 'local', password: 'd' },
    });
  });

  it('has none where a credential helper keeps them', () => {
    const config = configOf({ auths: { 'ghcr.io': {} }, credsStore: 'desktop' });

    expect([config.credentials.size, config.hasHelpers]).toEqual([0, true]);
    expect(configOf({ credHelpers: { 'ghcr.io': 'pass' } }).hasHelpers).toBe(true);
    expect(configOf({}).hasHelpers).toBe(false);
  });

  it('looks into the home folder, and takes a missing file for an empty one', () => {
    const home = temporaryTree({
      '.docker/config.json': JSON.stringify({ auths: { 'a.io': { auth: encode('u:p') } } }),
    });

    expect(readDockerConfig({ HOME: home }).credentials.size).toBe(1);
    expect(readDockerConfig({ HOME: join(home, 'none') }).credentials.size).toBe(0);
  });

  it.each(['{"auths": {"ghcr.io": {"auth": "c2VjcmV0"', '{"auths": {"ghcr.io": "c2VjcmV0"}}'])(
    'says of %s that it is wrong, and nothing of its content',
    (text) => {
      let error: unknown;
      try {
        configOf(text);
      } catch (caught) {
        error = caught;
      }
      expect(error).toMatchObject({
        name: 'UserError',
        message: expect.stringMatching(/config\.json is not a config/),
      });
      expect(JSON.stringify(error) + String((error as Error).stack) + String((error as Error).cause)).not.toContain(
        'c2Vj',
      );
    },
  );
});
