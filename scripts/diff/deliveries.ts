import { CHART_VALUES } from '../generate/istio-canary.ts';
import { isCommitName } from '../git/git.ts';
import type { Danger } from './dangers.ts';
import { CHARTS, isTaken } from './file-items.ts';
import { rowDanger } from './row-danger.ts';
import { type Row, readRows, rowOf, trunkOf } from './rows.ts';
import { changedFiles, readsTheSame, type Side } from './side.ts';

/** The Applications of each cluster. */
export const PER_CLUSTER = 'argocd/cluster';

/** One target with the state of the repository that it is built from, before and after the change. */
export interface Delivery {
  target: string;
  before?: Side;
  after?: Side;
  /** Its rows, for a cluster. */
  rows: { before?: Row; after?: Row };
}

/** Clusters that a change does not reach yet: their ring stays at a revision of its own. */
export interface Waiting {
  ring: string;
  revision: string;
  clusters: string[];
}

export interface Plan {
  deliveries: Delivery[];
  waiting: Waiting[];
  /** Clusters whose revision is not in this clone. */
  unknown: { target: string; revision: string }[];
  /** Rows of both sides. */
  rows: { before: Row[]; after: Row[] };
  /** Clusters of a held ring that get a part of the change at once. */
  dangers: Danger[];
}

/**
 * What each target is built from. An overlay, and a cluster whose ring follows the trunk, gets what is merged; a cluster whose ring is
 * held gets its revision, whatever is merged, until the ring moves.
 */
export async function planDeliveries(
  before: Side,
  after: Side,
  sideOf: (revision: string) => Promise<Side | undefined>,
): Promise<Plan> {
  const all = { before: readRows(before.tree), after: readRows(after.tree) };
  const trunks = { before: trunkOf(before.tree), after: trunkOf(after.tree) };
  const rows = [all.before, all.after].map((ofSide) => new Map(ofSide.map((row) => [row.path, row])));
  const plan: Plan = { deliveries: [], waiting: [], unknown: [], rows: all, dangers: [] };
  const ofAll = [PER_CLUSTER, CHARTS].flatMap((folder) => changedFiles(before, after, folder));
  const differs = (row: Row) =>
    !readsTheSame(before, after, row.path) ||
    ofAll.some((path) => isTaken(path, row)) ||
    changedFiles(before, after, row.path).some((path) => isOwnApplication(path, row));
  const names = new Set([...before.targets(), ...after.targets(), ...rows.flatMap((ofSide) => [...ofSide.keys()])]);
  for (const target of [...names].sort()) {
    const [old, now] = rows.map((ofSide) => ofSide.get(target));
    const held = [heldRevision(trunks.before, old), heldRevision(trunks.after, now)];
    if (held[0] !== undefined && held[0] === held[1] && old && now) {
      if (differs(now)) wait(plan.waiting, now);
      plan.dangers.push(...rowDanger(old, now));
      continue;
    }
    const sides = await Promise.all(
      [before, after].map(async (side, index) => {
        const revision = held[index];
        if (revision === undefined) return side;
        const found = await sideOf(revision);
        if (!found) plan.unknown.push({ target, revision });
        return found;
      }),
    );
    if (plan.unknown.some((one) => one.target === target)) continue;
    if (now && sides[1] && sides[1] !== after) plan.dangers.push(...commitDangers(sides[1], now));
    const [from, to] = sides.map((side) => (side?.isBuilt(target) ? side : undefined));
    plan.deliveries.push({
      target,
      ...(from ? { before: from } : {}),
      ...(to ? { after: to } : {}),
      rows: { ...(old ? { before: old } : {}), ...(now ? { after: now } : {}) },
    });
  }
  return plan;
}

/** The commit that a ring is held at may know a cluster otherwise than its row does, or not at all. */
function commitDangers(side: Side, row: Row): Danger[] {
  const { path, ring, revision } = row;
  const known = rowOf(side.tree, row);
  // At a commit, the row has what the record says there (`npm run generate`), and the row there may be that of an older one.
  if (known && side.isBuilt(path)) return isCommitName(revision) ? [] : rowDanger(known, row);
  const message = `${path} does not exist at ${revision.slice(0, 12)}, where ring ${ring} is held: Argo CD finds nothing to apply until the ring is promoted`;
  return [{ kind: 'refused', message, targets: [path] }];
}

/** What a cluster gets before its mesh starts is a build of its own. */
export function platformOf(target: string): string {
  return `${target}/platform`;
}

/** What the folder of a cluster brings beside the objects of its kustomization. */
function isOwnApplication(path: string, row: Row): boolean {
  return path === `${row.path}/${CHART_VALUES}` || path.startsWith(`${platformOf(row.path)}/`);
}

function heldRevision(trunk: string, row: Row | undefined): string | undefined {
  return row && row.revision !== trunk ? row.revision : undefined;
}

function wait(waiting: Waiting[], { ring, revision, name }: Row): void {
  const known = waiting.find((one) => one.ring === ring && one.revision === revision);
  if (known) known.clusters.push(name);
  else waiting.push({ ring, revision, clusters: [name] });
}
