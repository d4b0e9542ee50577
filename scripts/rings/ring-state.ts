import { commitsBetween, findRevision, type GitRepository } from '../git/git.ts';
import type { LoadedRecords } from '../records/load-records.ts';

export interface RingState {
  name: string;
  /** As argocd/rings.yaml has it: the branch, or a commit. */
  revision: string;
  /** Absent where the revision is not in this clone. */
  commit?: string;
  /** Commits of the branch that the ring does not run yet. */
  behind?: number;
  clusters: string[];
}

/** Which ring runs what, in the order in which a change reaches them. */
export async function ringStates(
  git: GitRepository,
  { rings, records }: LoadedRecords,
  tip: string,
): Promise<RingState[]> {
  return Promise.all(
    rings.map(async ({ name, revision }) => {
      const commit = await findRevision(git, revision);
      const clusters = records.map(({ record }) => record).filter(({ ring }) => ring === name);
      return {
        name,
        revision,
        ...(commit === undefined ? {} : { commit, behind: await commitsBetween(git, commit, tip) }),
        clusters: clusters.map((record) => record.name),
      };
    }),
  );
}
