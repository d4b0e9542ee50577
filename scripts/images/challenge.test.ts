import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';

describe('parseChallenges', () => {
  it('reads what registries send', () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/postgres:pull,push"';

    expect(parseChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:library/postgres:pull,push',
        },
      },
    ]);
  });

  it('keeps several offers apart', () => {
    expect(parseChallenges('Negotiate, BASIC Realm="a \\"b\\", c", Bearer realm = x , service=y')).toEqual([
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'a "b", c' } },
      { scheme: 'bearer', parameters: { realm: 'x', service: 'y' } },
    ]);
  });

  it.each(['', ',', '""', 'realm="x"'])('finds no offer in `%s`', (header) =>
    expect(parseChallenges(header)).toEqual([]),
  );
});
