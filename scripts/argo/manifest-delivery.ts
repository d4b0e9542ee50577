import type { YamlFile } from '../yaml/yaml-file.ts';
import { clustersOf } from './cluster-secrets.ts';
import type { DeliveredApplication, DeliveredSet, Delivery, Placed } from './delivery.ts';
import { expandSet, isApplicationSet } from './expand-set.ts';
import { fromTemplate, placedObjects } from './placed.ts';
import { registrationOf } from './registration.ts';

/** What Argo CD would make of manifests that someone hands in. What Applications yield is not at hand. */
export function manifestDelivery(files: readonly YamlFile[], complete: boolean): Delivery {
  const placed = files.flatMap(placedObjects).filter(({ value }) => isArgo(value) || value.kind === 'Secret');
  const secrets = clustersOf(placed.map(({ value }) => value));
  // Cluster Secrets are seldom in git: that none is handed in does not mean that there is none.
  const clusters = complete || secrets.length > 0 ? secrets : undefined;
  const world = { clusters, repository: () => undefined };
  const sets = placed
    .filter(({ value }) => isApplicationSet(value))
    .map((set): DeliveredSet => ({ ...set, expansion: expandSet(set.value, world) }));
  const applications = [
    ...ofKind(placed, 'Application').map(
      (application): DeliveredApplication => ({ ...application, yields: { kind: 'elsewhere' } }),
    ),
    ...sets.flatMap((set) =>
      set.expansion.applications.map(
        (value): DeliveredApplication => ({
          ...fromTemplate(value, set),
          parent: set.value.metadata.name,
          yields: { kind: 'elsewhere' },
        }),
      ),
    ),
  ];
  const unchecked = applications.filter(({ parent }) => parent !== undefined);
  return {
    unchecked,
    applications,
    sets,
    projects: ofKind(placed, 'AppProject'),
    complete,
    registrations: files.flatMap(placedObjects).flatMap((one) => registrationOf(one) ?? []),
    rings: new Map(),
    records: new Map(),
  };
}

export function isArgo({ apiVersion }: { apiVersion: string }): boolean {
  return apiVersion.startsWith('argoproj.io/');
}

export function ofKind(placed: readonly Placed[], kind: string): Placed[] {
  return placed.filter(({ value }) => isArgo(value) && value.kind === kind);
}
