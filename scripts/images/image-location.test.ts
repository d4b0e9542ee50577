import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiHost, fullName, locateImage } from './image-location.ts';

describe('locateImage', () => {
  it.each([
    ['postgres', 'docker.io', 'library/postgres'],
    ['bitnami/postgresql', 'docker.io', 'bitnami/postgresql'],
    ['docker.io/postgres', 'docker.io', 'library/postgres'],
    ['docker.io/library/postgres', 'docker.io', 'library/postgres'],
    ['index.docker.io/bitnami/postgresql', 'docker.io', 'bitnami/postgresql'],
    ['ghcr.io/ai-spm/ai-scanner', 'ghcr.io', 'ai-spm/ai-scanner'],
    ['registry.example.com/a/b/c/d', 'registry.example.com', 'a/b/c/d'],
    ['registry:5000/app', 'registry:5000', 'app'],
    ['localhost/app', 'localhost', 'app'],
    ['127.0.0.1:5000/team/app', '127.0.0.1:5000', 'team/app'],
    ['[::1]:5000/app', '[::1]:5000', 'app'],
    ['Intranet/app', 'Intranet', 'app'],
    ['team/my__app/x-y.z', 'docker.io', 'team/my__app/x-y.z'],
  ])('%s is in %s as %s', (name, registry, repository) => {
    expect(locateImage(name)).toEqual({ registry, repository });
  });

  it.each([
    '',
    '/app',
    'app/',
    'a//b',
    'ghcr.io/',
    'ghcr.io/App',
    'team/App',
    'app:1.0',
    'app@sha256:00',
    'app?x',
    'a b',
    'ghcr.io/../secret',
    'ghcr.io:port/app',
    '-x.io/app',
    'user@ghcr.io/app',
    'ghcr.io/a___b',
    `ghcr.io/${'x'.repeat(256)}`,
  ])('takes `%s` for no image', (name) => expect(locateImage(name)).toBeUndefined());

  const component = fc.stringMatching(/^[a-z0-9]{1,5}([._-][a-z0-9]{1,5}){0,2}$/);
  const repository = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const registry = fc.stringMatching(/^[a-z0-9]{1,6}(\.[a-z0-9]{1,6}){1,2}(:[1-9][0-9]{0,3})?$/);

  it('finds the parts again that a name was made of, and a full name stands for itself', () => {
    fc.assert(
      fc.property(registry, repository, (host, path) => {
        const location = locateImage(`${host}/${path}`);
        expect(location).toEqual({ registry: host, repository: path });
        if (location) expect(locateImage(fullName(location))).toEqual(location);
      }),
    );
  });

  it('takes every name for none, or for one that makes a URL of the registry and nothing else', () => {
    const name = fc.string({ unit: fc.constantFrom(...'aA0.:/_-[]@?#%\\ ~'), maxLength: 12 });
    fc.assert(
      fc.property(name, (text) => {
        const location = locateImage(text);
        fc.pre(location !== undefined);
        const host = apiHost(location?.registry ?? '');
        const path = `/v2/${location?.repository}/manifests/1`;
        // A host of digits and dots may be an address that the URL parser writes in full, or no address at all.
        fc.pre(URL.canParse(`https://${host}`));
        const url = new URL(`https://${host}${path}`);
        expect([url.pathname, url.search, url.hash, url.username]).toEqual([path, '', '', '']);
      }),
      { numRuns: 1000 },
    );
  });
});
