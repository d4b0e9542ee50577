import type { SourcePosition } from '../findings/finding.ts';
import { FEDERATION_OVERLAY } from '../records/cluster-record.ts';
import { loadRecords } from '../records/load-records.ts';
import { readSealedSecret } from '../secrets/sealed-secret.ts';
import { openSourceTree, type SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import type { DeclaredAccess } from './check-access.ts';
import { declaredAccess } from './declared-access.ts';

export interface PromisedSecret {
  namespace: string;
  name: string;
  source: SourcePosition;
}

/** An AuthorizationPolicy of base, which every cluster has. */
export interface PromisedPolicy {
  name: string;
  source: SourcePosition;
}

/** What git says of live clusters, as far as it is compared with them. */
export interface Promises {
  access: DeclaredAccess;
  policies: readonly PromisedPolicy[];
  /** Whether git has a record of the cluster: of one without, less is promised. */
  hasRecord(cluster: string): boolean;
  /** Nothing where it has no record. */
  of(cluster: string): ClusterPromises;
}

export interface ClusterPromises {
  /** The other members of its federation; none where it is in no federation. */
  peers: readonly string[];
  sealedSecrets: readonly PromisedSecret[];
}

/** @throws UserError when base/access.yaml, or a policy of base, cannot be read */
export function readPromises(root: string): Promises {
  const tree = openSourceTree(root);
  const records = loadRecords(tree).records.map(({ record }) => record);
  const hasRecord = (cluster: string) => records.some(({ name }) => name === cluster);
  const members = records.filter(({ overlay }) => overlay === FEDERATION_OVERLAY).map(({ name }) => name);
  return {
    access: declaredAccess(root),
    policies: policiesIn(tree),
    hasRecord,
    of(cluster) {
      if (!hasRecord(cluster)) return { peers: [], sealedSecrets: [] };
      const peers = members.includes(cluster) ? members.filter((name) => name !== cluster) : [];
      return { peers, sealedSecrets: sealedSecretsIn(tree, `clusters/${cluster}`) };
    },
  };
}

function policiesIn(tree: SourceTree): PromisedPolicy[] {
  const files = tree.list('base').filter((file) => file.endsWith('/authorization-policy.yaml'));
  return files.map((file) => {
    const [document] = parseYaml(file, tree.read(file) ?? '').documents;
    const name = document?.getIn(['metadata', 'name']);
    if (typeof name === 'string') return { name, source: { file, line: 1, column: 1 } };
    throw new UserError(`${file} names no policy`, { fix: 'npm run check says what is wrong with it' });
  });
}

function sealedSecretsIn(tree: SourceTree, folder: string): PromisedSecret[] {
  return tree.list(folder).flatMap((file) => {
    const text = tree.read(file) ?? '';
    if (!/^kind: SealedSecret$/m.test(text)) return [];
    const { namespace, name } = readSealedSecret(text);
    return [{ namespace, name, source: { file, line: 1, column: 1 } }];
  });
}
