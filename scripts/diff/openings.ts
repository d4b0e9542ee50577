import { describeResource } from '../findings/finding.ts';
import { entriesOf, recordOf } from '../resources/fields.ts';
import type { RenderedObject } from '../resources/kube-object.ts';
import { isRecord, valueAt } from '../resources/value.ts';
import { podTemplateOf } from '../resources/workloads.ts';
import { isKubeObject } from '../sources/declaration.ts';
import { fieldText } from './field-changes.ts';
import { FILE } from './file-items.ts';
import type { ObjectChange } from './object-changes.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Values from closed to open. Where an object does not say, it inherits: `undefined`. What is not listed counts as the most open. */
type Order = readonly (readonly unknown[])[];

interface Setting {
  field: string;
  order: Order;
  before: unknown;
  after: unknown;
}

/** Takes both states of an object; one that is not there has no fields. */
type Reader = (before: Fields, after: Fields) => Setting[];

/** Settings of an object, or of the values of a chart, that let more through than before. */
export function openings({ ref, before, after }: ObjectChange): string[] {
  const settings = READERS[ref.kind]?.(before?.value ?? {}, after?.value ?? {}) ?? [];
  return [...settings, ...injectionOf(before, after)]
    .filter((one) => rank(one.order, one.after) > rank(one.order, one.before))
    .map((one) => `${describeResource(ref)}: \`${one.field}\` goes from ${text(one.before)} to ${text(one.after)}`);
}

function rank(order: Order, value: unknown): number {
  const at = order.findIndex((values) => values.includes(value ?? undefined));
  return at < 0 ? order.length : at;
}

function text(value: unknown): string {
  return value === undefined ? 'not set' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function setting(field: string, order: Order, values: readonly [Fields, Fields], read: (value: Fields) => unknown) {
  return { field, order, before: read(values[0]), after: read(values[1]) };
}

const WHOLE = 'spec.trafficPolicy';
const MTLS: Order = [['STRICT'], [undefined, 'UNSET'], ['PERMISSIVE'], ['DISABLE']];
/** Without a mode a proxy uses mutual TLS where it knows that the server has it (Istio, automatic mutual TLS). */
const TLS: Order = [['ISTIO_MUTUAL', 'MUTUAL'], ['SIMPLE'], [undefined], ['DISABLE']];
const EGRESS: Order = [['REGISTRY_ONLY'], [undefined], ['ALLOW_ANY']];
const POD_SECURITY: Order = [['restricted'], ['baseline'], ['privileged'], [undefined]];
const INJECTION: Order = [['enabled'], ['disabled', undefined]];
const INJECT = 'sidecar.istio.io/inject';
const OF_PODS: Order = [['true', undefined], ['false']];
const HOST_NETWORK: Order = [[false, undefined], [true]];
const AUTO_MTLS: Order = [[true, undefined], [false]];
/** Istio security/normalization: the fewer spellings are made one, the more of them pass a policy. */
const PATHS: Order = [['DECODE_AND_MERGE_SLASHES'], ['MERGE_SLASHES'], [undefined, 'DEFAULT', 'BASE'], ['NONE']];

const READERS: Readonly<Record<string, Reader>> = {
  PeerAuthentication(...values) {
    const mode = (value: Fields) => valueAt(value, ['spec', 'mtls', 'mode']);
    const ports = keysOf(values, ['spec', 'portLevelMtls']);
    return [
      setting('spec.mtls.mode', MTLS, values, mode),
      // A port that is not listed has the mode of the workload (Istio PeerAuthentication).
      ...ports.map((port) =>
        setting(`spec.portLevelMtls.${port}.mode`, MTLS, values, (value) => {
          const own = valueAt(value, ['spec', 'portLevelMtls', port, 'mode']);
          return own === undefined || own === 'UNSET' ? mode(value) : own;
        }),
      ),
    ];
  },
  DestinationRule(...values) {
    const policies = values.map((value) => new Map(policiesOf(value)));
    const names = new Set(policies.flatMap((one) => [...one.keys()]));
    return [...names].map((name) => {
      const [before, after] = policies.map((one) => {
        // Where one side has no such part, the policy around it holds there.
        const policy = one.get(name) ?? one.get(name.replace(/\.portLevelSettings.*/, '')) ?? one.get(WHOLE);
        return valueAt(policy, ['tls', 'mode']);
      });
      return { field: `${name}.tls.mode`, order: TLS, before, after };
    });
  },
  Sidecar(...values) {
    return [
      setting('spec.outboundTrafficPolicy.mode', EGRESS, values, (value) => {
        const policy = valueAt(value, ['spec', 'outboundTrafficPolicy']);
        // The first value of the enum, which proto takes where none is written.
        return isRecord(policy) ? (policy['mode'] ?? 'REGISTRY_ONLY') : undefined;
      }),
    ];
  },
  Namespace(...values) {
    const label = (name: string) => (value: Fields) => valueAt(value, ['metadata', 'labels', name]);
    const level = 'pod-security.kubernetes.io/enforce';
    // A namespace that goes from one istiod to another stays in the mesh.
    const injected = (value: Fields) =>
      label('istio-injection')(value) ?? (label('istio.io/rev')(value) === undefined ? undefined : 'enabled');
    return [
      setting(`metadata.labels["${level}"]`, POD_SECURITY, values, label(level)),
      setting('metadata.labels.istio-injection', INJECTION, values, injected),
    ];
  },
  [FILE](...values) {
    const charts = new Set(values.flatMap((value) => Object.keys(value)));
    // `meshConfig` of the chart itself, or of one that it is made of.
    return [[], ...[...charts].map((name) => [name])].flatMap((path) => {
      const at = [...path, 'meshConfig'];
      const read =
        (...field: string[]) =>
        (value: Fields) =>
          valueAt(value, [...at, ...field]);
      const name = at.join('.');
      return [
        setting(`${name}.outboundTrafficPolicy.mode`, EGRESS, values, read('outboundTrafficPolicy', 'mode')),
        setting(`${name}.enableAutoMtls`, AUTO_MTLS, values, read('enableAutoMtls')),
        setting(`${name}.pathNormalization.normalization`, PATHS, values, read('pathNormalization', 'normalization')),
      ];
    });
  },
};

/**
 * Whether pods get a sidecar: one without takes plaintext from anyone, and no policy of Istio holds for it. The label takes the place of
 * the annotation, and what is neither `true` nor `false` counts as not set; a pod in the network of its node gets none, whatever both say
 * (Istio pkg/kube/inject injectRequired).
 */
function injectionOf(before: RenderedObject | undefined, after: RenderedObject | undefined): Setting[] {
  // A file of values is no object.
  const pods = [before, after].map((one) => (isKubeObject(one?.value) ? podTemplateOf(one.value) : undefined));
  const { path } = pods[1] ?? pods[0] ?? {};
  if (!path) return [];
  const part = pods.some((pod) => pod?.labels[INJECT] !== undefined) ? 'labels' : 'annotations';
  const [was, is] = pods.map((pod) => {
    const value = String(pod?.labels[INJECT] ?? pod?.annotations[INJECT]);
    return ['true', 'false'].includes(value) ? value : undefined;
  });
  const [shared, shares] = pods.map((pod) => pod?.spec['hostNetwork']);
  return [
    { field: fieldText([...path, 'metadata', part, INJECT]), order: OF_PODS, before: was, after: is },
    { field: fieldText([...path, 'spec', 'hostNetwork']), order: HOST_NETWORK, before: shared, after: shares },
  ];
}

function keysOf(values: readonly Fields[], path: readonly string[]): string[] {
  return [...new Set(values.flatMap((value) => Object.keys(recordOf(valueAt(value, path)))))];
}

/**
 * The traffic policies of a DestinationRule. A subset without a TLS block has that of the whole; one for a port takes the place of both
 * (Istio pilot/pkg/networking/util MergeTrafficPolicy).
 */
function policiesOf(value: Fields): [string, Fields][] {
  const whole = recordOf(valueAt(value, ['spec', 'trafficPolicy']));
  const subsets = entriesOf(valueAt(value, ['spec', 'subsets'])).map(({ value: { name, trafficPolicy } }) => {
    const own = recordOf(trafficPolicy);
    const field = `spec.subsets[${String(name)}].trafficPolicy`;
    return [field, 'tls' in own ? own : { ...own, tls: whole['tls'] }] as [string, Fields];
  });
  return [[WHOLE, whole] as [string, Fields], ...subsets].flatMap(([field, policy]) => [
    [field, policy] as [string, Fields],
    ...entriesOf(policy['portLevelSettings']).map(({ value: one }): [string, Fields] => {
      return [`${field}.portLevelSettings[${String(valueAt(one, ['port', 'number']))}]`, one];
    }),
  ]);
}
