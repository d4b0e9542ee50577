import { CHART_FACTS } from '../../argo/chart-facts.ts';
import { type DeliveredApplication, type Delivery, destinationOf, nameOf, specOf } from '../../argo/delivery.ts';
import { type ClusterKeys, clusterKeys } from '../../argo/same-cluster.ts';
import { recordOf, textsOf } from '../../resources/fields.ts';
import { groupOf } from '../../sources/declaration.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { application, argoTree, PROJECT, WIDGET_KIND } from './example.ts';

const WAVE = 'argocd.argoproj.io/sync-wave';

const tree = (wave: number) =>
  argoTree({
    'project.yaml': `${PROJECT}  clusterResourceWhitelist: [{ group: apiextensions.k8s.io, kind: CustomResourceDefinition }]\n`,
    'kinds.yaml': application('kinds', { path: 'parts/kinds', wave: 1 }),
    'widgets.yaml': application('widgets', { path: 'parts/widgets', wave }),
    'parts/kinds/crd.yaml': WIDGET_KIND,
    'parts/widgets/widget.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: one, namespace: demo }\n',
  });

const wave: CodeInfo = {
  code: 'ARGO014',
  slug: 'wave-too-early',
  severity: 'error',
  title: 'an Application is synced before what it needs',
  why: 'Argo CD syncs Applications of one parent in the order of their waves, and side by side within a wave. An object whose kind or namespace does not exist yet fails the sync; a pod that comes before the webhook that injects its sidecar runs without one.',
  fix: `Give it a later wave (annotation ${WAVE}) than the Application that brings what it needs.`,
  bad: tree(1),
  good: tree(2),
};

/** What one parent applies, itself or through Applications of its own: nothing comes before its kinds, namespace and webhooks. */
export const waveOrderRule: DeliveryRule = {
  codes: [wave],
  *check(delivery: Delivery): Generator<SourceProblem> {
    const { applications, sets } = delivery;
    // A set applies all of its Applications at once, whatever their waves.
    const unordered = new Set(sets.map(nameOf));
    const families = byParent(applications.filter(({ parent }) => parent !== undefined && !unordered.has(parent)));
    const byName = new Map(applications.map((one) => [nameOf(one), one]));
    const clusterOf = clusterKeys(delivery);
    const brings = bringing(families, clusterOf);
    for (const one of [...families.values()].flat()) {
      const own = broughtBy(one);
      for (const need of neededBy(one)) {
        if (own.has(need)) continue;
        const wanted = clusterOf(one).asks.map((cluster) => inCluster(cluster, need));
        const hasIt = (other: DeliveredApplication) => wanted.some((key) => brings(other).has(key));
        const found = firstLate(one, hasIt, { families, byName });
        if (!found) continue;
        const { at, late } = found;
        const needs = at === one ? 'needs' : `brings \`${nameOf(one)}\`, which needs`;
        const message = `\`${nameOf(at)}\` (wave ${waveOf(at)}) ${needs} ${need}, which comes with \`${nameOf(late)}\` (wave ${waveOf(late)})`;
        yield { code: wave, source: at.placeOf(['metadata', 'annotations', WAVE]), message };
      }
    }
  },
};

type Families = ReadonlyMap<string | undefined, readonly DeliveredApplication[]>;

/** The nearest of an Application and those above it beside which, or after which, something is synced that has what it needs. */
function firstLate(
  one: DeliveredApplication,
  hasIt: (other: DeliveredApplication) => boolean,
  { families, byName }: { families: Families; byName: ReadonlyMap<string, DeliveredApplication> },
): { at: DeliveredApplication; late: DeliveredApplication } | undefined {
  const above = new Set<DeliveredApplication>();
  for (let at: DeliveredApplication | undefined = one; at && !above.has(at); at = byName.get(at.parent ?? '')) {
    above.add(at);
    const level = at;
    const having = (families.get(at.parent) ?? []).filter((other) => other !== level && hasIt(other));
    const late = having.find((other) => waveOf(other) >= waveOf(level));
    if (late) return { at, late };
    // Something before it has it.
    if (having.length > 0) return undefined;
  }
  return undefined;
}

/** What an Application brings to which cluster, itself and through the Applications that it applies. */
function bringing(
  families: Families,
  clusterOf: (one: DeliveredApplication) => ClusterKeys,
): (one: DeliveredApplication) => ReadonlySet<string> {
  const known = new Map<DeliveredApplication, Set<string>>();
  const brings = (one: DeliveredApplication): Set<string> => {
    const before = known.get(one);
    if (before) return before;
    const { keys } = clusterOf(one);
    const all = new Set([...broughtBy(one)].flatMap((need) => keys.map((cluster) => inCluster(cluster, need))));
    // Known before its children are asked: an Application may apply itself.
    known.set(one, all);
    for (const child of families.get(nameOf(one)) ?? []) for (const need of brings(child)) all.add(need);
    return all;
  };
  return brings;
}

function inCluster(cluster: string, need: string): string {
  return `${cluster} ${need}`;
}

function byParent(applications: readonly DeliveredApplication[]): Map<string | undefined, DeliveredApplication[]> {
  const families = new Map<string | undefined, DeliveredApplication[]>();
  for (const one of applications) families.set(one.parent, [...(families.get(one.parent) ?? []), one]);
  return families;
}

function waveOf({ value }: DeliveredApplication): number {
  return Number.parseInt(value.metadata.annotations?.[WAVE] ?? '0', 10) || 0;
}

const kindsOf = (group: string) => `the kinds of ${group}`;
const namespaceOf = (name: string) => `namespace \`${name}\``;

function broughtBy(one: DeliveredApplication): Set<string> {
  const brought = new Set<string>();
  if (textsOf(recordOf(specOf(one)['syncPolicy'])['syncOptions']).includes('CreateNamespace=true'))
    brought.add(namespaceOf(destinationOf(one).namespace));
  if (one.yields.kind === 'chart') {
    for (const { groups = [], services = [] } of one.yields.parts.map(({ chart }) => CHART_FACTS[chart] ?? {})) {
      for (const need of [...groups.map(kindsOf), ...services]) brought.add(need);
    }
  }
  if (one.yields.kind !== 'objects') return brought;
  for (const { value } of one.yields.objects) {
    if (value.kind === 'CustomResourceDefinition') brought.add(kindsOf(String(recordOf(value['spec'])['group'])));
    if (value.apiVersion === 'v1' && value.kind === 'Namespace') brought.add(namespaceOf(value.metadata.name));
  }
  return brought;
}

function neededBy(one: DeliveredApplication): Set<string> {
  const needed = new Set<string>();
  const { namespace } = destinationOf(one);
  if (namespace !== '') needed.add(namespaceOf(namespace));
  if (one.yields.kind === 'chart')
    for (const { chart } of one.yields.parts) for (const need of CHART_FACTS[chart]?.needs ?? []) needed.add(need);
  if (one.yields.kind !== 'objects') return needed;
  for (const { value } of one.yields.objects) {
    needed.add(kindsOf(groupOf(value.apiVersion)));
    if (value.metadata.namespace) needed.add(namespaceOf(value.metadata.namespace));
    const { labels } = value.metadata;
    if (
      value.kind === 'Namespace' &&
      (labels?.['istio-injection'] === 'enabled' || labels?.['istio.io/rev'] !== undefined)
    ) {
      needed.add('sidecar injection').add('traffic redirection');
    }
  }
  return needed;
}
