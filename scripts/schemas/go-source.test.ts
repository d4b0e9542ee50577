import { describe, expect, it } from 'vitest';
import { parseEnums, parseLifecycle } from './go-source.ts';

/** In the shape of zz_generated.openapi.go, where tabs tell a property from what describes it. */
const OPENAPI_SOURCE = `
func GetOpenAPIDefinitions(ref common.ReferenceCallback) map[string]common.OpenAPIDefinition {
	return map[string]common.OpenAPIDefinition{
		"k8s.io/api/shop/v1.Order":     schema_k8sio_api_shop_v1_Order(ref),
		"k8s.io/api/shop/v1.OrderSpec": schema_k8sio_api_shop_v1_OrderSpec(ref),
	}
}

func schema_k8sio_api_shop_v1_Order(ref common.ReferenceCallback) common.OpenAPIDefinition {
	return common.OpenAPIDefinition{
		Schema: spec.Schema{
			SchemaProps: spec.SchemaProps{
				Properties: map[string]spec.Schema{
					"state": {
						SchemaProps: spec.SchemaProps{
							Type:        []string{"string"},
							Enum:        []interface{}{"Open", "Paid, late", "\\"Quoted\\""},
						},
					},
				},
			},
		},
	}
}

func schema_k8sio_api_shop_v1_OrderSpec(ref common.ReferenceCallback) common.OpenAPIDefinition {
	return common.OpenAPIDefinition{
		Schema: spec.Schema{
			SchemaProps: spec.SchemaProps{
				Properties: map[string]spec.Schema{
					"parts": {
						SchemaProps: spec.SchemaProps{
							Items: &spec.SchemaOrArray{
								Schema: &spec.Schema{
									SchemaProps: spec.SchemaProps{
										Enum:    []interface{}{"Lid", "Box"},
									},
								},
							},
						},
					},
					"speed": {
						SchemaProps: spec.SchemaProps{
							Enum:        []interface{}{"Slow"},
						},
					},
				},
			},
		},
	}
}
`;

describe('enumerations in generated Go source', () => {
  it('belong to a field of a type, or to its elements', () => {
    expect(parseEnums(OPENAPI_SOURCE)).toEqual([
      {
        type: 'k8s.io/api/shop/v1.Order',
        field: 'state',
        ofElements: false,
        values: ['Open', 'Paid, late', '"Quoted"'],
      },
      { type: 'k8s.io/api/shop/v1.OrderSpec', field: 'parts', ofElements: true, values: ['Lid', 'Box'] },
      { type: 'k8s.io/api/shop/v1.OrderSpec', field: 'speed', ofElements: false, values: ['Slow'] },
    ]);
  });
});

const LIFECYCLE_SOURCE = `
// APILifecycleDeprecated is generated.
func (in *Order) APILifecycleDeprecated() (major, minor int) {
	return 1, 21
}

func (in *Order) APILifecycleReplacement() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "shop", Version: "v1", Kind: "Order"}
}

func (in *Order) APILifecycleRemoved() (major, minor int) {
	return 1, 25
}

func (in *Voucher) APILifecycleIntroduced() (major, minor int) {
	return 1, 30
}

func (in *Receipt) APILifecycleRemoved() (major, minor int) {
	return 1, 37
}
`;

describe('lifecycles in generated Go source', () => {
  it('tell in which release a kind was deprecated and removed, and what replaces it', () => {
    expect(parseLifecycle(LIFECYCLE_SOURCE)).toEqual([
      { kind: 'Order', deprecated: '1.21', removed: { since: '1.25', use: 'shop/v1' } },
      { kind: 'Receipt', removed: { since: '1.37' } },
    ]);
  });
});
