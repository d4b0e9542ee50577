import { basename } from 'node:path';
import { expect, it, vi } from 'vitest';
import { findKubeseal, openSealed } from '../../secrets/testing/kubeseal.ts';
import { TestDatabase } from '../../secrets/testing/postgresql.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { withTemporaryFolder } from '../../system/temporary-folder.ts';
import { readRotationFile } from '../rotation-file.ts';
import { rotationTree, stepped } from '../testing/rotation-tree.ts';
import { database } from './database.ts';

const CLUSTER = 'prod-eu';

it('PostgreSQL lets in who the files of each phase say, forward, back and in an emergency', async () => {
  const kubeseal = await findKubeseal();
  const { tree: first, sealingKey } = await rotationTree(new Date());
  const opened = async (tree: SourceTree, secret: string) => {
    const text = tree.read(`clusters/${CLUSTER}/secrets/${secret}.yaml`);
    const data = text === undefined ? {} : await openSealed(kubeseal, sealingKey.key, text);
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]));
  };

  await withTemporaryFolder('ai-spm-mesh-postgresql-', async (folder) => {
    const server = await TestDatabase.start(folder);
    try {
      server.mount(await opened(first, 'database-roles'));
      server.follow();
      let tree = first;
      const urls = new Map<string, URL>();
      /** Which of all the connection strings that ever were let somebody in. */
      const reaches = (wanted: readonly string[]) =>
        vi.waitFor(
          async () => {
            const tried = [...urls].map(async ([name, { username, password }]) => {
              const { code } = await server.login(username, password, 'select 1');
              return code === 0 ? [name] : [];
            });
            expect((await Promise.all(tried)).flat()).toEqual(wanted);
          },
          { timeout: 20_000, interval: 100 },
        );
      const to = async (next: SourceTree, as: string) => {
        tree = next;
        for (const path of tree.list(`clusters/${CLUSTER}/secrets`)) {
          const url = (await opened(tree, basename(path, '.yaml')))['database-url'];
          if (url && ![...urls.values()].some(({ href }) => href === url)) urls.set(as, new URL(url));
        }
        server.mount(await opened(tree, 'database-roles'));
        // What the services are told to take always lets them in, once the database has followed.
        const { secret } = readRotationFile(tree, CLUSTER).inUse.database;
        const { username, password } = new URL((await opened(tree, secret))['database-url'] ?? '');
        await vi.waitFor(async () => expect((await server.login(username, password, 'select 1')).code).toBe(0), 20_000);
      };
      const forward = async (as = '') => to(await stepped(tree, database), as);
      const back = async () => to(await stepped(tree, database, { direction: 'back' }), '');

      await to(first, 'first');
      await reaches(['first']);
      await forward('second');
      await reaches(['first', 'second']);
      await back();
      await reaches(['first']);
      await forward('third');
      await reaches(['first', 'third']);
      await forward();
      await reaches(['first', 'third']);
      await forward();
      await reaches(['third']);
      await back();
      await reaches(['first', 'third']);
      await forward();
      await forward();
      await reaches(['third']);
      await to(await stepped(tree, database, { emergency: true }), 'fourth');
      await reaches(['fourth']);
    } finally {
      await server.stop();
    }
  });
}, 600_000);
