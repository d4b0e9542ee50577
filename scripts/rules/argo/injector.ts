import type { ChartPart } from '../../argo/chart-parts.ts';
import { type DeliveredApplication, type Delivery, destinationOf, nameOf } from '../../argo/delivery.ts';
import { quoted, textOf, textsOf } from '../../resources/fields.ts';
import type { KubeObject } from '../../resources/kube-object.ts';
import { nearest } from '../../resources/nearest.ts';
import { didYouMean } from '../../yaml/schema-words.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { application, argoTree } from './example.ts';

const chart = (revision: string, tags = '[]') => ({
  'Chart.yaml': 'apiVersion: v2\nname: part\nversion: 1.0.0\ndependencies: [{ name: istiod, version: 1.31.0 }]\n',
  'values.yaml': `istiod: { revision: "${revision}", revisionTags: ${tags} }\n`,
});
const inFolder = (folder: string, files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
const namespace = (labels: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: demo, labels: { ${labels} } }\n`;
const tree = (labels: string, second: Record<string, string>) =>
  argoTree({
    'first.yaml': application('first', { path: 'parts/first', wave: 1 }),
    'second.yaml': application('second', { path: 'parts/second', wave: 1 }),
    'web.yaml': application('web', { path: 'parts/web', wave: 2 }),
    ...inFolder('parts/first', chart('')),
    ...inFolder('parts/second', second),
    'parts/web/namespace.yaml': namespace(labels),
  });

const none: CodeInfo = {
  code: 'ARGO030',
  slug: 'no-injector',
  severity: 'error',
  title: 'no istiod of the cluster injects what a label asks for',
  why: 'A pod gets its sidecar from the webhook whose revision or tag its namespace names (istio.io/rev), or the pod itself. Where no istiod of the cluster has it, pods start without a proxy: outside of the mesh, refused by everybody who demands mTLS. Beside `istio-injection` a label istio.io/rev does not count.',
  fix: 'Name a revision or tag of an istiod that runs in the cluster, with one of the two labels alone.',
  bad: tree('istio.io/rev: canarie', chart('canary')),
  good: tree('istio.io/rev: canary', chart('canary')),
};

const two: CodeInfo = {
  code: 'ARGO031',
  slug: 'two-injectors',
  severity: 'error',
  title: 'two istiods of a cluster inject the same pods',
  why: 'Both webhooks match a pod, and which one writes the proxy is a matter of their names. A tag that two releases carry is one object that each of them puts back as its own.',
  fix: 'Give one of them another `revision`, and each of the `revisionTags` to one alone.',
  bad: tree('istio-injection: enabled', chart('canary', '[default]')),
  good: tree('istio-injection: enabled', chart('canary', '[prod]')),
};

const REVISION = 'istio.io/rev';
/** A label of namespaces, and here also the name for who serves it: an istiod without revision, or with the tag `default`. */
const INJECTION = 'istio-injection';

/** Every pod of a mesh has exactly one istiod that injects it. */
export const injectorRule: DeliveryRule = {
  codes: [none, two],
  *check({ applications }: Delivery): Generator<SourceProblem> {
    for (const family of byCluster(applications).values()) {
      const owners = new Map<string, DeliveredApplication>();
      for (const one of family) {
        for (const name of partsOf(one, 'istiod').flatMap(serves)) {
          const other = owners.get(name);
          if (!other) owners.set(name, one);
          else {
            const message = `\`${nameOf(one)}\` injects for \`${name}\`, and so does \`${nameOf(other)}\``;
            yield { code: two, source: one.placeOf(['metadata', 'name']), message };
          }
        }
      }
      // An istiod that Argo CD does not bring is not known here.
      if (owners.size === 0) continue;
      for (const one of family) {
        yield* unservedNamespaces(one, [...owners.keys()]);
        yield* unservedGateways(one, [...owners.keys()]);
      }
    }
  },
};

function byCluster(applications: readonly DeliveredApplication[]): Map<string, DeliveredApplication[]> {
  const clusters = new Map<string, DeliveredApplication[]>();
  for (const one of applications) {
    const { name, server } = destinationOf(one);
    const family = clusters.get(name || server);
    if (family) family.push(one);
    else clusters.set(name || server, [one]);
  }
  return clusters;
}

function partsOf({ yields }: DeliveredApplication, name: string): ChartPart[] {
  return yields.kind === 'chart' ? yields.parts.filter(({ chart }) => chart === name) : [];
}

/** Istio, charts/istio-control/istio-discovery: mutatingwebhook.yaml and revision-tags-mwc.yaml. */
function serves({ values: { revision, revisionTags } }: ChartPart): string[] {
  const tags = textsOf(revisionTags);
  const isDefault = !revision || tags.includes('default');
  return [...(revision ? [String(revision)] : ['default']), ...tags, ...(isDefault ? [INJECTION] : [])];
}

function* unservedNamespaces({ yields }: DeliveredApplication, served: readonly string[]): Generator<SourceProblem> {
  if (yields.kind !== 'objects' || !yields.objects.some(({ value }) => unserved(value, served))) return;
  for (const { value, placeOf } of yields.placed()) {
    const message = unserved(value, served);
    if (message === undefined) continue;
    const label = value.metadata.labels?.[REVISION] === undefined ? INJECTION : REVISION;
    yield { code: none, source: placeOf(['metadata', 'labels', label]), message };
  }
}

function unserved(
  { kind, metadata: { name, labels = {} } }: KubeObject,
  served: readonly string[],
): string | undefined {
  if (kind !== 'Namespace') return undefined;
  const { [REVISION]: revision, [INJECTION]: injection } = labels;
  const of = `of namespace \`${name}\``;
  if (revision !== undefined && injection !== undefined)
    return `label ${REVISION}: ${revision} ${of} does not count beside ${INJECTION}: ${injection}`;
  if (injection === 'enabled') return noOwner(INJECTION, `label ${INJECTION} ${of}`, served);
  if (revision !== undefined) return noOwner(revision, `label ${REVISION} ${of}`, served);
  return undefined;
}

/** A gateway is injected as its pods say: its namespace has no label. */
function* unservedGateways(one: DeliveredApplication, served: readonly string[]): Generator<SourceProblem> {
  for (const { values } of partsOf(one, 'gateway')) {
    const message = noOwner(textOf(values['revision']) || INJECTION, `gateway \`${nameOf(one)}\``, served);
    if (message !== undefined) yield { code: none, source: one.placeOf(['spec', 'source', 'helm']), message };
  }
}

function noOwner(name: string, what: string, served: readonly string[]): string | undefined {
  if (served.includes(name)) return undefined;
  if (name === INJECTION) return `${what}: every istiod of the cluster has a revision, and none the tag \`default\``;
  const known = served.filter((one) => one !== INJECTION);
  const meant = didYouMean(nearest(name, known, 2));
  return `${what}: no istiod of the cluster has the revision or tag \`${name}\`, only ${quoted(known)}${meant}`;
}
