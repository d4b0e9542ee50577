import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scripts, version } from '../package.json';
import { sourceReader } from './commands/deliver.ts';
import { renderReport } from './report/render-report.ts';
import { gitRepository } from './testing/git-repository.ts';
import { copyOfRepository, edit, ROOT, runCli } from './testing/repository-copy.ts';
import { networkPolicyNotEnforced } from './verify/codes/access-codes.ts';
import { liveFinding } from './verify/live-problem.ts';

const PAGES = [
  'README.md',
  'base/README.md',
  'overlays/README.md',
  'overlays/federation/README.md',
  'schemas/README.md',
  'argocd/README.md',
  'lab/README.md',
  'docs/findings.md',
  'docs/lab.md',
  'docs/pipeline.md',
  'docs/pull-requests.md',
  'docs/rotation.md',
];

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The fenced block that follows a text. */
function blockAfter(text: string, page = 'README.md'): string {
  const block = /```\w*\n([\s\S]*?)```/.exec(read(page).split(text)[1] ?? '')?.[1];
  if (!block) throw new Error(`${page} has no block after ${text}`);
  return block;
}

describe.each(PAGES)('%s', (page) => {
  it('names only npm scripts that exist', () => {
    const named = [...read(page).matchAll(/npm run (?:--silent )?([a-z0-9:]+)/g)].map((match) => match[1]);
    // What is not here yet is named in one section of the README, and nowhere else.
    const announced = page === 'README.md' ? (read(page).split('## Not here yet')[1] ?? '') : '';
    for (const name of named) if (!announced.includes(`npm run ${name}`)) expect(Object.keys(scripts)).toContain(name);
  });

  it('links only to files that exist', () => {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#:]+)\)/g)) {
      expect(existsSync(join(ROOT, dirname(page), target)), target).toBe(true);
    }
  });
});

describe('README.md', () => {
  it('shows what a mistake looks like, exactly', () => {
    const root = copyOfRepository();
    edit(root, 'base/mesh/peer-authentication.yaml', 'mode: STRICT', 'mode: STRCT');
    const { stdout } = runCli(root, ['validate']);
    expect(blockAfter('<!-- example: K8S004 -->')).toBe(`$ npm start\n${withoutTime(stdout)}`);
  });

  it('shows what a change does, exactly', () => {
    const root = copyOfRepository();
    gitRepository({ '.gitignore': 'node_modules\n' }, root);
    edit(root, 'base/mesh/peer-authentication.yaml', 'mode: STRICT', 'mode: PERMISSIVE');
    const stdout = runCli(root, ['diff', '--base', 'main']).stdout.replace(/with [0-9a-f]{12}/, 'with 3f8c0e5d7a91');
    const shown = blockAfter('<!-- example: diff -->');
    expect(shown).toBe(`$ npm run diff -- --base main\n${stdout.replace(/\([\d.]+ s\)\n$/, '(1.4 s)\n')}`);
  });

  it('shows a live cluster with the finding that its summary counts, exactly', () => {
    const message = '`outside` -> a pod of `api-gateway` port 15020 GET /stats/prometheus: status 200';
    const findings = [liveFinding({ code: networkPolicyNotEnforced, message }, 'lab-1')];
    const summary = { targets: 1, objects: 15, errors: 0, warnings: 1, seconds: 30.9 };
    const report = { findings, summary, codes: [], targets: [], objects: [], tool: { version } };
    const printed = renderReport('pretty', report, {
      ...{ color: false, width: 120, failOn: 'error' },
      readSource: sourceReader(ROOT),
    });
    const [, ...told] = blockAfter('<!-- example: MESH108 -->').split(/(?<=\n)(?=lab-1: )/);
    expect(told.join('').replace(/^(lab-1: .*\n)+/, '')).toBe(printed);
  });

  it('adds a cluster with the command it gives, which then passes the check', () => {
    const root = copyOfRepository();
    const commands = blockAfter('## Add a cluster').replace('npm start', 'npm run --silent validate');
    const { status, stderr } = spawnSync('bash', ['-euc', commands], { cwd: root, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(existsSync(join(root, 'argocd/clusters/prod-ca.yaml'))).toBe(true);
  });

  it('changes an image with the commands it gives', () => {
    const root = copyOfRepository();
    const [list = '', set = ''] = blockAfter('## Change an image').split('\n');
    expect(spawnSync('bash', ['-euc', `${list}\n${set}`], { cwd: root, encoding: 'utf8' }).status).toBe(0);
    expect(readFileSync(join(root, 'base/kustomization.yaml'), 'utf8')).toContain('newTag: "1.1.0"');
  });
});

/** The time of the run is the only thing that differs from one machine to the next. */
function withoutTime(text: string): string {
  return text.replace(/ in [\d.]+ s\n/, ' in 1.4 s\n');
}
