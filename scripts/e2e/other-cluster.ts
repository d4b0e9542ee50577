import type { Connection } from '../verify/connection.ts';
import type { World } from './suite.ts';

/** One that Argo CD reaches and does not run in. @throws Error where there is none */
export function otherCluster({ cluster, clusters }: World): Connection {
  const other = clusters.find((one) => one !== cluster);
  if (!other) throw new Error('it takes two clusters: npm run lab -- up --clusters 2');
  return other;
}
