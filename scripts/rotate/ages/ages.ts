import type { SourceTree } from '../../system/source-tree.ts';
import { ACCOUNTS, tokenPath, tokensOf } from '../account-token.ts';
import { sealedFiles } from '../sealed-files.ts';
import type { ValueHistory } from './value-history.ts';

/** How old a value is that nobody but git can date. Certificates say it themselves. */
export interface Age {
  cluster: string;
  what: string;
  file: string;
  /** When it was committed. Absent where no commit has it yet, or that is not known. */
  since?: Date;
}

/** How old every sealed value and every token of some clusters is, the oldest first, and last what no date is known of. */
export function agesOf(tree: SourceTree, clusters: readonly string[], history: ValueHistory): Age[] {
  const ages = clusters.flatMap((cluster) => [...sealed(tree, cluster, history), ...tokens(tree, cluster, history)]);
  const dated = ages.filter((age): age is Required<Age> => age.since !== undefined);
  return [
    ...dated.sort((a, b) => a.since.getTime() - b.since.getTime()),
    ...ages.filter(({ since }) => since === undefined),
  ];
}

function sealed(tree: SourceTree, cluster: string, { sealedAt }: ValueHistory): Age[] {
  return sealedFiles(tree, cluster).flatMap(({ file, sealed: { namespace, name, encryptedData } }) =>
    Object.entries(encryptedData).map(([key, ciphertext]) =>
      age(cluster, `${key} of ${namespace}/${name}`, file, sealedAt.get(ciphertext)),
    ),
  );
}

/** A cluster makes a token once it has the Secret for it. */
function tokens(tree: SourceTree, cluster: string, { addedAt }: ValueHistory): Age[] {
  return ACCOUNTS.flatMap((account) =>
    tokensOf(tree, cluster, account).map((token) => {
      const file = tokenPath(cluster, token);
      return age(cluster, `token of ${account.namespace}/${token}`, file, addedAt.get(file));
    }),
  );
}

function age(cluster: string, what: string, file: string, since: Date | undefined): Age {
  return { cluster, what, file, ...(since ? { since } : {}) };
}
