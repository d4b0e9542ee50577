import { expect, it } from 'vitest';
import { KINDS } from '../kinds/kinds.ts';
import { collectFacts } from './collect.ts';

/** A cluster that notes what it is asked for, and answers that there is nothing. */
function cluster() {
  const asked: string[] = [];
  const api = new Proxy(
    {},
    {
      get: (_, name: string) => async () => {
        asked.push(name);
        return { items: [] };
      },
    },
  );
  const silent = async () => '';
  const connection = { context: 'one', core: api, apps: api, custom: api, exec: silent, get: silent };
  return { asked, connection: connection as never };
}

const partsOf = (kind: (typeof KINDS)[number]) =>
  kind.phases.flatMap(({ forward, back }) =>
    [forward, back].flatMap((one) => one?.gates.flatMap(({ reads }) => reads) ?? []),
  );

it.each(['session', 'wiz', 'mesh-root', 'mesh-intermediate'])('reads no Secret for the gates of %s', async (name) => {
  const { asked, connection } = cluster();
  const kind = KINDS.find((one) => one.name === name);
  const facts = await collectFacts(connection, 'prod-eu', kind ? partsOf(kind) : []);

  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((one) => /Secret(ForAllNamespaces)?$/.test(one))).toEqual([]);
  expect(facts.sealingKeys).toEqual({ unreadable: 'it was not looked at' });
});

it('looks at everything where nothing is left out', async () => {
  const { asked, connection } = cluster();
  const facts = await collectFacts(connection, 'prod-eu');

  expect(asked).toContain('listSecretForAllNamespaces');
  expect(JSON.stringify(facts)).not.toContain('it was not looked at');
});
