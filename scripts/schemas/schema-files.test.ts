import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCelRule } from '../rules/k8s/schema/cel.ts';
import { findFormat } from '../rules/k8s/schema/formats.ts';
import type { FieldSchema, SchemaFile } from './field-schema.ts';
import { schemaText } from './schema-text.ts';
import { CRD_UPSTREAMS, KUBERNETES, SCHEMA_NAMES } from './upstreams.ts';

const FOLDER = join(__dirname, '../../schemas');
const texts = new Map(SCHEMA_NAMES.map((name) => [name, readFileSync(join(FOLDER, `${name}.json`), 'utf8')]));
const files = new Map([...texts].map(([name, text]) => [name, JSON.parse(text) as SchemaFile]));

function file(name: string): SchemaFile {
  return files.get(name) as SchemaFile;
}

/** A schema and every schema below it. */
function* below(schema: FieldSchema): Iterable<FieldSchema> {
  const { properties, items, additionalProperties, propertyNames } = schema;
  yield schema;
  for (const child of [...Object.values(properties ?? {}), items, additionalProperties, propertyNames]) {
    if (child) yield* below(child);
  }
}

function schemasOf({ definitions }: SchemaFile): FieldSchema[] {
  return Object.values(definitions).flatMap((definition) => [...below(definition)]);
}

const all = [...files.values()].flatMap(schemasOf);

describe('the files in schemas/', () => {
  it.each([KUBERNETES, KUBERNETES.api, ...CRD_UPSTREAMS])(
    'come from the pinned $module $version',
    ({ module, version }) => {
      const sources = [...files.values()].flatMap((schemaFile) => schemaFile.sources);

      expect(sources.filter((source) => source.module === module).map((source) => source.version)).toContain(version);
    },
  );

  it.each(SCHEMA_NAMES)('%s is as `npm run schemas` writes it', (name) => {
    expect(schemaText(file(name))).toBe(texts.get(name));
  });

  it('are the only generated schemas there', () => {
    const generated = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json'));

    expect(generated.sort()).toEqual(SCHEMA_NAMES.map((name) => `${name}.json`).sort());
  });

  it('refer only to definitions that exist', () => {
    const dangling = [...files].flatMap(([name, schemaFile]) => {
      const references = schemasOf(schemaFile).map((schema) => schema.$ref);
      const roots = Object.values(schemaFile.kinds).flatMap((kind) => Object.values(kind.versions));
      return [...references, ...roots].filter((ref) => {
        if (ref === undefined) return false;
        const [home, definition] = ref.includes('#') ? (ref.split('#') as [string, string]) : [name, ref];
        return !files.get(home)?.definitions[definition];
      });
    });

    expect(dangling).toEqual([]);
  });

  it('hold no prose', () => {
    for (const text of texts.values()) expect(text).not.toMatch(/"(description|example|default|title)":"/);
  });

  it('hold no CEL rule that nobody checks', () => {
    const rules = new Set(
      all.flatMap((schema) => schema['x-kubernetes-validations'] ?? []).filter((rule) => typeof rule === 'string'),
    );

    expect(rules.size).toBeGreaterThan(20);
    expect([...rules].filter((rule) => !findCelRule(rule))).toEqual([]);
  });

  it('name no format that nobody checks', () => {
    const names = new Set(all.map((schema) => schema.format).filter((format) => format !== undefined));

    // A double is whatever JSON calls a number.
    expect([...names].filter((name) => !findFormat(name))).toEqual(['double']);
  });

  it('hold patterns that compile', () => {
    const patterns = new Set(all.map((schema) => schema.pattern).filter((pattern) => pattern !== undefined));

    expect(patterns.size).toBeGreaterThan(4);
    for (const pattern of patterns) expect(() => new RegExp(pattern, 'u')).not.toThrow();
  });
});

describe('what the schemas know', () => {
  it.each([
    ['kubernetes', 'apps/Deployment', { scope: 'Namespaced', stable: 'v1', versions: { v1: 'apps.v1.Deployment' } }],
    ['kubernetes', 'Namespace', { scope: 'Cluster', name: 'dns-label' }],
    ['kubernetes', 'autoscaling/HorizontalPodAutoscaler', { stable: 'v2' }],
    ['kubernetes', 'networking.k8s.io/IPAddress', { stable: 'v1', deprecated: ['v1beta1'] }],
    ['kubernetes', 'apiextensions.k8s.io/CustomResourceDefinition', { scope: 'Cluster' }],
    ['istio', 'networking.istio.io/VirtualService', { stable: 'v1', versions: { v1beta1: 'VirtualService' } }],
    ['istio', 'networking.istio.io/EnvoyFilter', { versions: { v1alpha3: 'EnvoyFilter' } }],
    ['argo-cd', 'argoproj.io/ApplicationSet', { scope: 'Namespaced' }],
    ['sealed-secrets', 'bitnami.com/SealedSecret', { scope: 'Namespaced' }],
  ])('%s: %s', (name, key, expected) => {
    expect(file(name).kinds[key]).toMatchObject(expected);
  });

  it('leaves out lists, options and subresources, which nobody writes as manifests', () => {
    const kinds = Object.keys(file('kubernetes').kinds);

    expect(kinds.filter((kind) => /List$|Options$|Scale$|Eviction$|TokenRequest$|Status$/.test(kind))).toEqual([]);
  });

  it('has what only the Go source says', () => {
    const { definitions, removed } = file('kubernetes');

    expect(definitions['core.v1.ContainerPort']?.properties).toMatchObject({
      protocol: { enum: ['SCTP', 'TCP', 'UDP'] },
      containerPort: { minimum: 1, maximum: 65535 },
    });
    expect(definitions['networking.v1.NetworkPolicySpec']?.properties?.['policyTypes']?.items?.enum).toEqual([
      'Egress',
      'Ingress',
    ]);
    expect(definitions['core.v1.ResourceRequirements']?.properties?.['limits']?.additionalProperties?.format).toBe(
      'quantity-not-negative',
    );
    expect(definitions['core.v1.EnvVarSource']?.exactlyOne?.[0]).toContain('secretKeyRef');
    expect(definitions['core.v1.Volume']?.atMostOne?.[0]).toContain('emptyDir');
    expect(definitions['core.v1.Volume']?.atMostOne?.[0]).not.toContain('name');
    expect(definitions['rbac.v1.RoleRef']?.required).toEqual(['kind', 'name']);
    expect(removed?.['policy/v1beta1/PodDisruptionBudget']).toEqual({ since: '1.25', use: 'policy/v1' });
  });

  it('has the unions of Istio as such', () => {
    const { definitions } = file('istio');

    expect(definitions['AuthorizationPolicy.spec']?.atMostOne).toEqual([['selector', 'targetRef', 'targetRefs']]);
    expect(definitions['TrafficExtension.spec']?.exactlyOne).toEqual([['wasm', 'lua']]);
    expect(
      schemasOf(file('istio')).filter((schema) => schema.oneOf ?? schema.anyOf ?? schema.allOf ?? schema.not),
    ).toEqual([]);
  });
});
