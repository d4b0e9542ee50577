import { isShallow, openGit, runGit } from '../../git/git.ts';
import { CERTIFICATE_ANNOTATION } from '../../secrets/sealed-secret.ts';
import { UserError } from '../../system/user-error.ts';

/** When git first had what the files of clusters hold. */
export interface ValueHistory {
  /** Ciphertext -> when its value was first committed; a value that was only sealed anew is as old as before. */
  sealedAt: ReadonlyMap<string, Date>;
  /** File -> when it was last added. */
  addedAt: ReadonlyMap<string, Date>;
  /** Why nothing is known, where that is so. */
  unknown?: string;
}

/**
 * The dates that stand first in the output are the oldest. The author's date: a rebase does not make a value younger. The first commit shows
 * what it has, whatever the configuration of a machine says.
 */
const LOG = ['-c', 'log.showRoot=true', 'log', '--reverse', '--topo-order', '--format=commit %at'];
/** Plain lines, whatever the configuration of a machine or the attributes of a file say; of a merge, what none of its parents has. */
const DIFF =
  '--patch --cc --unified=0 --relative --text --no-renames --no-color --no-textconv --src-prefix=a/ --dst-prefix=b/';
const FILES = ['secrets', 'platform'].map((folder) => `:(glob)clusters/*/${folder}/*.yaml`);

/** One line of a diff that adds or removes a sealed value, which no other text is as long as. */
const SEALED = /^(-|\+{1,2})\s+["']?([-._A-Za-z0-9]+)["']?: +["']?([A-Za-z0-9+/=]{300,})/;
const CERTIFICATE = new RegExp(`^(-|\\+{1,2})\\s+${CERTIFICATE_ANNOTATION}:`);

/**
 * Reads the history of all clusters with one command. What a clone does not have is unknown: the oldest commit of a shallow one would pass for
 * the one that made everything.
 */
export async function valueHistory(root: string): Promise<ValueHistory> {
  try {
    const git = await openGit(root);
    if (await isShallow(git)) return none('this clone is shallow: fetch the rest with `git fetch --unshallow`');
    const { code, stdout, stderr } = await runGit(root, [...LOG, ...DIFF.split(' '), '--', ...FILES]);
    return code === 0 ? historyIn(stdout) : none(`git says: ${stderr.trim().split('\n').at(-1)}`);
  } catch (error) {
    if (error instanceof UserError) return none(error.message);
    throw error;
  }
}

function none(unknown: string): ValueHistory {
  return { sealedAt: new Map(), addedAt: new Map(), unknown };
}

/** @param text what `git log` prints */
function historyIn(text: string): ValueHistory {
  const [sealedAt, addedAt] = [new Map<string, Date>(), new Map<string, Date>()];
  for (const commit of text.split(/^commit (?=\d+$)/m).slice(1)) {
    const at = new Date(Number.parseInt(commit, 10) * 1000);
    for (const diff of commit.split(/^diff --/m).slice(1)) {
      const added = /^new file mode[\s\S]*?^\+\+\+ b\/(.*?)\t?$/m.exec(diff)?.[1];
      if (added) addedAt.set(added, at);
      for (const [ciphertext, before] of sealedIn(diff)) {
        const first = sealedAt.get(ciphertext) ?? at;
        sealedAt.set(ciphertext, earliest(first, before ? sealedAt.get(before) : undefined));
      }
    }
  }
  return { sealedAt, addedAt };
}

/** Ciphertexts that the change of one file adds, each with the one of the same value that it replaces: where another key seals the file. */
function sealedIn(diff: string): [ciphertext: string, before: string | undefined][] {
  const lines = diff.split('\n');
  const signs = lines.flatMap((line) => CERTIFICATE.exec(line)?.[1] ?? []);
  const isSealedAnew = signs.includes('-') && signs.includes('+');
  const found = lines.flatMap((line) => {
    const [, sign, key = '', ciphertext = ''] = SEALED.exec(line) ?? [];
    return sign ? [{ sign, key, ciphertext }] : [];
  });
  const removed = new Map(found.filter(({ sign }) => sign === '-').map(({ key, ciphertext }) => [key, ciphertext]));
  return found
    .filter(({ sign }) => sign !== '-')
    .map(({ key, ciphertext }) => [ciphertext, isSealedAnew ? removed.get(key) : undefined]);
}

function earliest(one: Date, other = one): Date {
  return other < one ? other : one;
}
