import { resolve } from 'node:path';
import { count } from '../report/text.ts';
import { type Age, agesOf } from '../rotate/ages/ages.ts';
import { valueHistory } from '../rotate/ages/value-history.ts';
import { icsOf } from '../rotate/calendar/ics.ts';
import { isWaiting, waitsFor } from '../rotate/first-authority.ts';
import { usesVault, VAULT_KINDS } from '../rotate/from-vault.ts';
import { KINDS } from '../rotate/kinds/kinds.ts';
import { type RotationStatus, statusOf } from '../rotate/status.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { log } from '../system/log.ts';
import { openSourceTree } from '../system/source-tree.ts';
import { writeFileAtomic } from '../system/write-file.ts';
import { chosenClusters } from './rotation-clusters.ts';
import { liveKeyUse, prettyKeyUse } from './rotation-keys.ts';
import { table } from './table.ts';

export interface RotateStatusOptions {
  cluster?: string[];
  context?: string[];
  kubeconfig?: string;
  within: number;
  ics?: string;
  output: 'pretty' | 'json';
}

const DAY_MS = 86_400_000;

/**
 * Shows what exists, in which phase it is, how old it is, what hangs on which sealing key, and what ends when. With contexts, which keys the controllers there
 * have, and which of them may go. Exit code 1 when something ends within some days.
 */
export async function status(root: string, options: RotateStatusOptions): Promise<number> {
  const now = new Date();
  const tree = openSourceTree(root);
  const records = chosenClusters(tree, options.cluster);
  const clusters = records.map(({ name }) => name);
  const state = statusOf(tree, clusters, KINDS);
  const history = await valueHistory(root);
  const ages = agesOf(tree, clusters, history);
  const unknown = history.unknown === undefined ? {} : { agesUnknown: history.unknown };
  // What retires can go from its day on, and harms nobody before.
  const due = state.calendar.filter(
    (entry) => days(now, entry.at) <= (entry.kind === 'retirement' ? 0 : options.within),
  );
  if (options.ics) writeFileAtomic(resolve(callerFolder(), options.ics), icsOf(state.calendar, now, options.within));
  const live = options.context ? { liveKeys: await liveKeyUse(root, options.context, options.kubeconfig) } : {};
  if (options.output === 'json')
    process.stdout.write(`${JSON.stringify({ ...state, ages, ...unknown, ...live, due }, undefined, 2)}\n`);
  else process.stdout.write(pretty(state, ages, now) + (live.liveKeys ? `\n${prettyKeyUse(live.liveKeys)}` : ''));
  const silent = clusters.filter((name) => !state.secrets.some(({ cluster }) => cluster === name));
  if (silent.length > 0) {
    log(`without secrets of their own: ${silent.join(', ')} (npm run rotate -- init CLUSTER gives them the first)`);
  }
  const fromVault = records.filter(usesVault).map(({ name }) => name);
  if (fromVault.length > 0)
    log(`with values from a vault: ${fromVault.join(', ')} (${VAULT_KINDS.join(', ')} are rotated there)`);
  for (const cluster of clusters) if (isWaiting(tree, cluster)) log(waitsFor(cluster));
  if (history.unknown !== undefined) log(`how old the sealed values are is not known: ${history.unknown}`);
  log(
    due.length > 0
      ? `${count(due.length, 'date')} within ${options.within} days`
      : `nothing ends within ${options.within} days`,
  );
  return due.length > 0 ? 1 : 0;
}

function pretty({ secrets, keys, calendar }: RotationStatus, ages: readonly Age[], now: Date): string {
  const parts = [
    table([
      ['CLUSTER', 'KIND', 'PHASE', 'SINCE', 'BY'],
      ...secrets.map(({ cluster, kind, phase, underWay }) => [
        cluster,
        kind,
        phase,
        underWay?.since.slice(0, 10) ?? '-',
        underWay?.by ?? '-',
      ]),
    ]),
    table([
      ['SINCE', 'DAYS', 'CLUSTER', 'VALUE'],
      ...ages.map(({ since, cluster, what }) => [day(since), since ? String(days(since, now)) : '-', cluster, what]),
    ]),
    table([
      ['CLUSTER', 'SEALING KEY', 'CURRENT', 'FILES'],
      ...keys.map(({ cluster, certificate, isCurrent, files }) => [
        cluster,
        certificate.slice(0, 12),
        isCurrent ? 'yes' : 'no',
        String(files.length),
      ]),
    ]),
    table([
      ['SINCE', 'ENDS', 'DAYS', 'CLUSTER', 'WHAT'],
      ...calendar.map((entry) => [
        day(entry.since),
        day(entry.at),
        String(days(now, entry.at)),
        entry.cluster,
        entry.what,
      ]),
    ]),
  ];
  return parts.join('\n');
}

function day(date: Date | undefined): string {
  return date?.toISOString().slice(0, 10) ?? '-';
}

/** Whole days; negative where the second is before the first. */
function days(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / DAY_MS);
}
