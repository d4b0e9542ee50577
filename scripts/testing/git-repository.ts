import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryTree } from './temp-repository.ts';

type Files = Readonly<Record<string, string | undefined>>;

export interface TestRepository {
  root: string;
  git(...args: string[]): string;
  /** Writes files, `undefined` removes one. */
  write(files: Files): void;
  /** Commits all that is there, and returns the commit. */
  commit(files?: Files): string;
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** A real git repository with these files committed on main, in a folder that is removed when the test ends. */
export function gitRepository(files: Files, root: string = temporaryTree({})): TestRepository {
  const git = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      env: { ...process.env, ...IDENTITY },
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const write = (changes: Files) => {
    for (const [path, text] of Object.entries(changes)) {
      if (text === undefined) rmSync(join(root, path));
      else {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    }
  };
  const commit = (changes: Files = {}) => {
    write(changes);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'a change');
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch', 'main');
  commit(files);
  return { root, git, write, commit };
}
