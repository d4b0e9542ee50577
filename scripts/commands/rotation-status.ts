import { resolve } from 'node:path';
import { count } from '../report/text.ts';
import type { CalendarEntry } from '../rotate/calendar/calendar.ts';
import { icsOf } from '../rotate/calendar/ics.ts';
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
 * Shows what exists, in which phase it is, what hangs on which sealing key, and what ends when. With contexts, which keys the controllers there
 * have, and which of them may go. Exit code 1 when something ends within some days.
 */
export async function status(root: string, options: RotateStatusOptions): Promise<number> {
  const now = new Date();
  const tree = openSourceTree(root);
  const clusters = chosenClusters(tree, options.cluster).map(({ name }) => name);
  const state = statusOf(tree, clusters, KINDS);
  // What retires can go from its day on, and harms nobody before.
  const due = state.calendar.filter(
    (entry) => daysUntil(entry, now) <= (entry.kind === 'retirement' ? 0 : options.within),
  );
  if (options.ics) writeFileAtomic(resolve(callerFolder(), options.ics), icsOf(state.calendar, now, options.within));
  const live = options.context ? { liveKeys: await liveKeyUse(root, options.context, options.kubeconfig) } : {};
  if (options.output === 'json') process.stdout.write(`${JSON.stringify({ ...state, ...live, due }, undefined, 2)}\n`);
  else process.stdout.write(pretty(state, now) + (live.liveKeys ? `\n${prettyKeyUse(live.liveKeys)}` : ''));
  const silent = clusters.filter((name) => !state.secrets.some(({ cluster }) => cluster === name));
  if (silent.length > 0) {
    log(`without secrets of their own: ${silent.join(', ')} (npm run rotate -- init CLUSTER gives them the first)`);
  }
  log(
    due.length > 0
      ? `${count(due.length, 'date')} within ${options.within} days`
      : `nothing ends within ${options.within} days`,
  );
  return due.length > 0 ? 1 : 0;
}

function pretty({ secrets, keys, calendar }: RotationStatus, now: Date): string {
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
      ['CLUSTER', 'SEALING KEY', 'CURRENT', 'FILES'],
      ...keys.map(({ cluster, certificate, isCurrent, files }) => [
        cluster,
        certificate.slice(0, 12),
        isCurrent ? 'yes' : 'no',
        String(files.length),
      ]),
    ]),
    table([
      ['ENDS', 'DAYS', 'CLUSTER', 'WHAT'],
      ...calendar.map((entry) => [
        entry.at.toISOString().slice(0, 10),
        String(daysUntil(entry, now)),
        entry.cluster,
        entry.what,
      ]),
    ]),
  ];
  return parts.join('\n');
}

/** Whole days; negative where it is past. */
function daysUntil({ at }: CalendarEntry, now: Date): number {
  return Math.floor((at.getTime() - now.getTime()) / DAY_MS);
}
