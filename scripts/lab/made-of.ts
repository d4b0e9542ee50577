import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runProcess } from '../system/run-process.ts';
import { UserError } from '../system/user-error.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { hashFiles } from './hash.ts';
import { LAB, type LabCluster, STATE } from './layout.ts';

/** Everything that decides what a lab is. */
export interface MadeOf {
  clusters: string[];
  /** Key of the images, and with them of all programs. */
  images: string;
  /** Key of the files below lab/ that clusters are started and set up with. */
  configuration: string;
  /** The commit of this repository that it was given. */
  commit: string;
}

const RECORD = join(STATE, 'made-of.json');

/**
 * A lab is gone on with only where every part of it runs and was made of the same: anything else may hold Applications of clusters that
 * are not there, statuses that nobody keeps up to date, or half of a step, and to make it anew takes two minutes.
 * @param running names of the clusters whose host runs
 * @returns why the lab that stands must be made anew; undefined where it can be gone on with
 */
export function whyAnew(wanted: MadeOf, stands: MadeOf | undefined, running: readonly string[]): string | undefined {
  if (running.length === 0) return 'no cluster runs';
  if (!stands) return 'it does not say what it was made of';
  if (stands.clusters.join() !== wanted.clusters.join()) return `it was made with ${stands.clusters.join(' and ')}`;
  if (stands.images !== wanted.images) return 'its images are older';
  if (stands.configuration !== wanted.configuration) return 'its configuration is older';
  if (stands.commit !== wanted.commit) return `it was made of commit ${stands.commit.slice(0, 8)}`;
  const ended = wanted.clusters.filter((name) => !running.includes(name));
  return ended.length > 0 ? `${ended.join(' and ')} has ended` : undefined;
}

/** @param images folder of the images */
export async function madeOf(root: string, clusters: readonly LabCluster[], images: string): Promise<MadeOf> {
  const files = ['cluster', 'deploy'].flatMap((folder) =>
    readdirSync(join(LAB, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return {
    clusters: clusters.map(({ name }) => name),
    images: basename(images),
    configuration: hashFiles(files.sort()),
    commit: await lastCommit(root),
  };
}

export function recorded(): MadeOf | undefined {
  return existsSync(RECORD) ? (JSON.parse(readFileSync(RECORD, 'utf8')) as MadeOf) : undefined;
}

export function record(made: MadeOf): void {
  writeFileAtomic(RECORD, `${JSON.stringify(made, null, 2)}\n`);
}

async function lastCommit(root: string): Promise<string> {
  const { code, stdout, stderr } = await runProcess('git', ['rev-parse', 'HEAD'], { cwd: root });
  if (code === 0) return stdout.trim();
  throw new UserError(`${root} has no commit that the lab could be given`, {
    why: stderr.trim(),
    fix: 'the lab deploys the last commit of this repository: work in a clone of it',
  });
}
