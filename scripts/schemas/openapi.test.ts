import { describe, expect, it } from 'vitest';
import { FIELD_FACTS } from './formats.ts';
import { kubernetesSchemas } from './openapi.ts';
import { shortName } from './openapi-kinds.ts';
import { TYPE_FACTS } from './type-facts.ts';

const CORE = 'io.k8s.api.core.v1';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** A document with just the types that the hand-written facts name, and one group of its own. */
function swagger() {
  const definitions: Record<string, Record<string, unknown>> = {};
  const longName = (name: string) =>
    name.startsWith('meta.') ? `${META}.${name.split('.').at(-1)}` : `io.k8s.api.${name}`;
  for (const key of Object.keys(FIELD_FACTS)) {
    const dot = key.lastIndexOf('.');
    const name = longName(key.slice(0, dot));
    const properties = {
      ...((definitions[name]?.['properties'] as object) ?? {}),
      [key.slice(dot + 1)]: { type: 'string' },
    };
    definitions[name] = { type: 'object', properties };
  }
  for (const name of Object.keys(TYPE_FACTS)) {
    definitions[longName(name)] ??= { type: 'object', properties: { a: { type: 'string' } } };
  }
  const kind = { group: 'shop.k8s.io', kind: 'Order' };
  definitions['io.k8s.api.shop.v1.Order'] = {
    type: 'object',
    'x-kubernetes-group-version-kind': [{ ...kind, version: 'v1' }],
    properties: {
      metadata: { $ref: `#/definitions/${META}.ObjectMeta` },
      amount: { $ref: '#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity' },
      at: { $ref: `#/definitions/${META}.Time` },
      share: { $ref: '#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString' },
      state: { type: 'string' },
      parts: { type: 'array', items: { type: 'string' } },
      raw: { $ref: '#/definitions/io.k8s.apimachinery.pkg.runtime.RawExtension' },
    },
  };
  definitions['io.k8s.api.shop.v1beta1.Order'] = {
    type: 'object',
    'x-kubernetes-group-version-kind': [{ ...kind, version: 'v1beta1' }],
    properties: {},
  };
  definitions['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: 'string' };
  definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { type: 'string', format: 'int-or-string' };
  definitions['io.k8s.apimachinery.pkg.runtime.RawExtension'] = { type: 'object' };
  definitions[`${META}.Time`] = { type: 'string', format: 'date-time' };
  definitions[`${CORE}.Unreachable`] = { type: 'object', properties: { a: { type: 'string' } } };
  const post = (version: string) => ({ post: { 'x-kubernetes-group-version-kind': { ...kind, version } } });
  const paths = {
    '/apis/shop.k8s.io/v1/orders': {},
    '/apis/shop.k8s.io/v1/namespaces/{namespace}/orders': post('v1'),
    '/apis/shop.k8s.io/v1/namespaces/{namespace}/orders/{name}/refund': {
      post: { 'x-kubernetes-group-version-kind': { group: 'shop.k8s.io', version: 'v1', kind: 'Refund' } },
    },
    '/apis/shop.k8s.io/v1beta1/namespaces/{namespace}/orders': post('v1beta1'),
  };
  return { definitions, paths };
}

function withVolumes() {
  const document = swagger();
  const order = document.definitions['io.k8s.api.shop.v1.Order'] as Record<string, unknown>;
  const ref = (name: string) => ({ $ref: `#/definitions/io.k8s.api.${name}` });
  order['properties'] = { volume: ref('core.v1.Volume'), role: ref('rbac.v1.RoleRef') };
  const any = { type: 'string' };
  document.definitions['io.k8s.api.core.v1.Volume'] = {
    type: 'object',
    properties: { name: any, emptyDir: any, secret: any },
  };
  document.definitions['io.k8s.api.rbac.v1.RoleRef'] = {
    type: 'object',
    required: ['apiGroup', 'kind'],
    properties: { apiGroup: any, kind: any, name: any },
  };
  return document;
}

describe('the schemas of Kubernetes', () => {
  const schemas = kubernetesSchemas({
    swagger: swagger(),
    enums: [
      { type: 'k8s.io/api/shop/v1.Order', field: 'state', ofElements: false, values: ['Open', 'Paid'] },
      { type: 'k8s.io/api/shop/v1.Order', field: 'parts', ofElements: true, values: ['Lid'] },
      { type: 'k8s.io/internal/v1.Gone', field: 'x', ofElements: false, values: ['y'] },
    ],
    lifecycles: new Map([
      ['shop.k8s.io/v1beta1', [{ kind: 'Order', deprecated: '1.33', removed: { since: '1.37' } }]],
      [
        'shop.k8s.io/v1alpha1',
        [
          { kind: 'Order', removed: { since: '1.30', use: 'shop.k8s.io/v1beta1' } },
          { kind: 'OrderList', removed: { since: '1.30' } },
        ],
      ],
      ['old.k8s.io/v1', [{ kind: 'Voucher', removed: { since: '1.29', use: 'new.k8s.io/v1' } }]],
    ]),
    release: '1.34',
  });

  it('have the kinds that can be created, with scope and maturity', () => {
    expect(schemas.kinds).toEqual({
      'shop.k8s.io/Order': {
        scope: 'Namespaced',
        stable: 'v1',
        deprecated: ['v1beta1'],
        versions: { v1: 'shop.v1.Order', v1beta1: 'shop.v1beta1.Order' },
      },
    });
  });

  it('know what is gone, and name a replacement only if it is still served', () => {
    expect(schemas.removed).toEqual({
      'shop.k8s.io/v1alpha1/Order': { since: '1.30', use: 'shop.k8s.io/v1' },
      'old.k8s.io/v1/Voucher': { since: '1.29' },
    });
  });

  it('write types that are no objects where they are used', () => {
    expect(schemas.definitions['shop.v1.Order']?.properties).toEqual({
      metadata: { $ref: 'meta.v1.ObjectMeta' },
      amount: { format: 'quantity' },
      at: { type: 'string', format: 'date-time' },
      share: { 'x-kubernetes-int-or-string': true, format: 'int32' },
      state: { type: 'string', enum: ['Open', 'Paid'] },
      parts: { type: 'array', items: { type: 'string', enum: ['Lid'] } },
      raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    });
  });

  it('relate the fields of a type as its Go code does', () => {
    const { definitions } = kubernetesSchemas({
      swagger: withVolumes(),
      enums: [],
      lifecycles: new Map(),
      release: '1.34',
    });

    expect(definitions['shop.v1.Order']?.properties).toEqual({
      volume: { $ref: 'core.v1.Volume' },
      role: { $ref: 'rbac.v1.RoleRef' },
    });
    expect(definitions['core.v1.Volume']?.atMostOne).toEqual([['emptyDir', 'secret']]);
    expect(definitions['rbac.v1.RoleRef']?.required).toEqual(['kind']);
  });

  it('leave out what no kind leads to', () => {
    expect(Object.keys(schemas.definitions).sort()).toEqual([
      'meta.v1.ObjectMeta',
      'shop.v1.Order',
      'shop.v1beta1.Order',
    ]);
  });

  it('stop when a hand-written fact names a field that is gone', () => {
    const document = swagger();
    delete document.definitions[`${CORE}.Probe`];
    const input = { swagger: document, enums: [], lifecycles: new Map(), release: '1.34' };

    expect(() => kubernetesSchemas(input)).toThrow('core.v1.Probe has no field initialDelaySeconds in this release');
  });
});

describe('a type name', () => {
  it.each([
    ['#/definitions/io.k8s.api.core.v1.Pod', 'core.v1.Pod'],
    ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'meta.v1.ObjectMeta'],
    ['io.k8s.apimachinery.pkg.api.resource.Quantity', 'resource.Quantity'],
    ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'intstr.IntOrString'],
    ['io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON', 'apiextensions.v1.JSON'],
    ['io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService', 'apiregistration.v1.APIService'],
  ])('%s is shortened to %s', (name, short) => {
    expect(shortName(name)).toBe(short);
  });
});
