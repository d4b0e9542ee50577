import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../testing/repository-copy.ts';
import { temporaryTree } from '../testing/temp-repository.ts';

const MARK = '<!-- ai-spm-mesh diff -->';
const WORKFLOW = readFileSync(join(ROOT, '.github/workflows/diff-comment.yaml'), 'utf8');
const STEPS = parse(WORKFLOW).jobs.comment.steps as { name: string; run: string }[];
const SCRIPT = STEPS.find(({ name }) => name === 'Post the comment')?.run ?? '';

/** GitHub does not run here: the script asks this in place of `gh`, which holds an artifact, the files of the change and a comment. */
const GH = `#!/bin/bash
case "$*" in
  'run download'*) [ -e artifact ] && mkdir result && cp --no-dereference artifact result/diff.markdown ;;
  *pulls/7/files*) cat changed ;;
  *issues/7/comments*--jq*) cat known ;;
  *--method*) echo "$3 $4" > posted ;;
esac
`;

interface World {
  artifact?: string;
  changed?: string;
  known?: string;
}

/** The comment that is posted, and how. */
function post({ artifact, changed = 'base/web.yaml\n', known = '' }: World): { body: string; posted: string } {
  const folder = temporaryTree({ 'bin/gh': GH, changed, known, ...(artifact === undefined ? {} : { artifact }) });
  chmodSync(join(folder, 'bin/gh'), 0o755);
  const env = {
    PATH: `${folder}/bin:${process.env['PATH']}`,
    MARK,
    NUMBER: '7',
    RUN: '1',
    GH_REPO: 'a/b',
    SHA: 'abc',
    URL: 'https://run',
  };
  const { status, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', SCRIPT], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { body: read('body'), posted: read('posted').trim() };
}

it('posts what was uploaded, for the commit that it is about, and notifies nobody', () => {
  const { body, posted } = post({ artifact: `${MARK}\n### This change, @team\n` });
  expect(body).toBe(`${MARK}\n### This change, @\u200bteam\n\n<sub>About abc, by https://run</sub>\n`);
  expect(posted).toBe('POST repos/a/b/issues/7/comments');
});

it.each([undefined, 'x'.repeat(262_145)])(
  'replaces the comment of an earlier commit where there is none to post',
  (artifact) => {
    const { body, posted } = post({ ...(artifact ? { artifact } : {}), known: '42\n' });
    expect(body).toContain('### This change could not be compared');
    expect(posted).toBe('PATCH repos/a/b/issues/comments/42');
  },
);

it.each(['.github/workflows/diff.yaml\n', 'a\n'.repeat(3000)])(
  'says so where the change may have made the comment itself',
  (changed) => {
    expect(post({ artifact: 'all is well\n', changed }).body).toContain('Do not rely on this comment');
  },
);
