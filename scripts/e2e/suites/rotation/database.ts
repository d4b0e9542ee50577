import { database } from '../../../rotate/kinds/database.ts';
import type { Suite } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateDatabase: Suite = {
  name: 'rotate-database',
  title: 'the services log in to the database as the other role, the old one is closed, and no request is lost',
  core: false,
  labOnly: true,
  run: (world) => underTraffic(world, { clusters: world.clusters }, () => rotate(world, { kind: database })),
};
