import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { runProcess } from '../system/run-process.ts';
import { ROOT } from '../testing/repository-copy.ts';

const { data } = parse(readFileSync(join(ROOT, 'argocd/install/argocd-cm.yaml'), 'utf8'));
const SCRIPT = data['resource.customizations.health.argoproj.io_Application'];

/** What Argo CD's own interpreter, which speaks Lua 5.1, would be given and get. */
async function healthOf(status: string, wave = '2'): Promise<string> {
  const obj = `{
    metadata = { annotations = { ["argocd.argoproj.io/sync-wave"] = "${wave}" } },
    spec = { source = { targetRevision = "new" } },
    status = ${status} }`;
  const program = `local function health(obj)\n${SCRIPT}\nend\nio.write(health(${obj}).status)`;
  const { code, stdout, stderr } = await runProcess('lua5.1', ['-'], { stdin: program });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const at = (revision: string, sync: string, health: string) =>
  `{ sync = { status = "${sync}", comparedTo = { source = { targetRevision = "${revision}" } } }, health = { status = "${health}" } }`;

it.each([
  ['is new', 'nil', 'Progressing'],
  ['was looked at, and not compared', '{ health = { status = "Healthy" } }', 'Progressing'],
  ['has everything, and it runs', at('new', 'Synced', 'Healthy'), 'Healthy'],
  ['has everything, and it does not run yet', at('new', 'Synced', 'Progressing'), 'Progressing'],
  ['lacks something', at('new', 'OutOfSync', 'Healthy'), 'Progressing'],
  ['lacks something, and is broken', at('new', 'OutOfSync', 'Degraded'), 'Degraded'],
  ['was well at the revision of before', at('old', 'Synced', 'Healthy'), 'Progressing'],
  ['was broken at the revision of before', at('old', 'Synced', 'Degraded'), 'Progressing'],
])('a wave waits for an Application that %s', async (_, status, health) => {
  expect(await healthOf(status)).toBe(health);
});

it.each(['Progressing', 'Degraded', 'Suspended', 'Missing'])(
  'no sync waits for one of the last wave: %s',
  async (health) => {
    expect(await healthOf(at('old', 'OutOfSync', health), '3')).toBe('Healthy');
  },
);
