import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { crdSchemas } from './crds.ts';

const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.shop.example.com}
spec:
  group: shop.example.com
  scope: Cluster
  names: {kind: Widget, plural: widgets}
  versions:
    - name: v1beta1
      served: true
      storage: false
      deprecated: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: string}}}
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            metadata: {type: object}
            spec:
              type: object
              properties:
                left: {type: array, items: {type: object, properties: {host: {type: object, properties: {name: {type: string}}}}}}
                host: {type: object, properties: {name: {type: string}}}
    - {name: v1alpha1, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
`;

describe('a CustomResourceDefinition', () => {
  const schemas = crdSchemas(load(CRD));

  it('yields its kind in the versions that are served', () => {
    expect(schemas?.kinds).toEqual({
      'shop.example.com/Widget': {
        scope: 'Cluster',
        stable: 'v1',
        deprecated: ['v1beta1'],
        versions: { v1: 'Widget', v1beta1: 'Widget@v1beta1' },
      },
    });
  });

  it('yields one definition per object, equal ones under the shortest path', () => {
    expect(schemas?.definitions['Widget.spec']).toEqual({
      type: 'object',
      properties: {
        host: { $ref: 'Widget.spec.host' },
        left: { type: 'array', items: { $ref: 'Widget.spec.left[]' } },
      },
    });
    expect(schemas?.definitions['Widget.spec.left[]']?.properties).toEqual({ host: { $ref: 'Widget.spec.host' } });
    expect(schemas?.definitions['Widget@v1beta1.spec']?.properties).toEqual({ size: { type: 'string' } });
  });

  it('leaves the fields of every object to the API server', () => {
    expect(schemas?.definitions['Widget']).toEqual({
      type: 'object',
      required: ['spec'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { $ref: 'kubernetes#meta.v1.ObjectMeta' },
        spec: { $ref: 'Widget.spec' },
      },
    });
  });

  it.each([
    null,
    'text',
    {},
    { kind: 'CustomResourceDefinition' },
    { kind: 'CustomResourceDefinition', spec: { versions: 1 } },
    { kind: 'Deployment', spec: { names: { kind: 'X' } } },
  ])('is not seen in %j', (other) => {
    expect(crdSchemas(other)).toBeUndefined();
  });

  it('may lack everything inside, and then allows anything', () => {
    const bare = {
      kind: 'CustomResourceDefinition',
      spec: { group: 'g.example.com', names: { kind: 'X' }, versions: [{ name: 'v1', served: true }] },
    };

    expect(crdSchemas(bare)?.definitions['X']?.['x-kubernetes-preserve-unknown-fields']).toBe(true);
  });
});
