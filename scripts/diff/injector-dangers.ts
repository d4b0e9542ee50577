import { CHART_VALUES } from '../generate/istio-canary.ts';
import { isRecord } from '../resources/value.ts';
import type { Danger } from './dangers.ts';
import { fieldText } from './field-changes.ts';
import { FILE } from './file-items.ts';
import type { SharedChange } from './object-changes.ts';

const WHY = {
  added:
    'a second istiod starts with the change that gives it pods: those made before it is there get no proxy. Merge `istioCanary: []` first',
  removed:
    'the second istiod goes with the change that takes its pods: they lose it before they are made anew. Merge `istioCanary: []` first',
} as const;

/**
 * Pods that change their istiod in the same change in which one of both starts or goes: Argo CD keeps no order between Applications that
 * follow git by themselves.
 */
export function injectorDangers(changes: readonly SharedChange[]): Danger[] {
  const moving = new Set(changes.filter(movesNamespace).flatMap(({ targets }) => targets));
  return changes.flatMap((change): Danger[] => {
    const { kind, ref, targets } = change;
    if (kind === 'changed' || ref.kind !== FILE || !ref.name.endsWith(`/${CHART_VALUES}`)) return [];
    const values = (change.after ?? change.before)?.value;
    const hasGateway = Object.values(values ?? {}).some((part) => isRecord(part) && part['revision'] !== undefined);
    const hit = targets.filter((target) => hasGateway || moving.has(target));
    return hit.length > 0 ? [{ kind: 'outage', message: WHY[kind], targets: hit }] : [];
  });
}

function movesNamespace({ ref, fields }: SharedChange): boolean {
  return ref.kind === 'Namespace' && fields.some(({ path }) => fieldText(path) === 'metadata.labels["istio.io/rev"]');
}
