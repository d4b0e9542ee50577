import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refOf } from './kube-object.ts';
import { matchesLabels, parseSelector } from './selectors.ts';
import { indexTarget } from './target-index.ts';

const key = fc.constantFrom('app', 'tier');
const value = fc.constantFrom('a', 'b', 'c');
const namespace = fc.constantFrom<string | undefined>('one', 'two', undefined);

const deployments = fc.array(fc.tuple(namespace, fc.dictionary(key, value)), { maxLength: 12 }).map((list) =>
  list.map(([ns, labels], place) => {
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `d${place}`, ...(ns ? { namespace: ns } : {}) },
      spec: { template: { metadata: { labels }, spec: { containers: [] } } },
    };
    return { ref: refOf(object), value: object };
  }),
);
const selectors = fc.record(
  {
    matchLabels: fc.dictionary(key, value),
    matchExpressions: fc.array(
      fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.array(value, { minLength: 1 }) }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

describe('the index of a target', () => {
  it('selects exactly the pods of the namespace that match, in the order of the objects', () => {
    fc.assert(
      fc.property(deployments, selectors, namespace, (objects, selector, ns = '') => {
        const parsed = parseSelector(selector);
        const expected = objects.filter(
          ({ ref, value: { spec } }) =>
            (ref.namespace ?? '') === ns && matchesLabels(parsed, spec.template.metadata.labels),
        );
        expect(
          indexTarget({ objects })
            .select(ns, parsed)
            .map(({ object }) => object),
        ).toEqual(expected);
      }),
    );
  });

  it('finds an object whatever version it is written in, and only in its namespace', () => {
    const object = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'x', namespace: 'one' },
    };
    const index = indexTarget({ objects: [{ ref: refOf(object), value: object }] });
    expect(index.find('autoscaling', 'HorizontalPodAutoscaler', 'one', 'x')?.value).toBe(object);
    expect(index.find('autoscaling', 'HorizontalPodAutoscaler', 'two', 'x')).toBeUndefined();
    expect(index.find('', 'HorizontalPodAutoscaler', 'one', 'x')).toBeUndefined();
  });

  it('looks at no pods but those with the rarest label: a common one costs nothing', () => {
    const count = 1000;
    let reads = 0;
    const counting: ProxyHandler<Record<string, string>> = {
      get: (labels, name) => {
        reads++;
        return labels[String(name)];
      },
    };
    const objects = Array.from({ length: count }, (_, place) => {
      const labels = new Proxy<Record<string, string>>({ 'part-of': 'all', app: `app-${place}` }, counting);
      const spec = { template: { metadata: { labels }, spec: { containers: [] } } };
      const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `d${place}` }, spec };
      return { ref: refOf(object), value: object };
    });
    const index = indexTarget({ objects });
    for (let place = 0; place < count; place++) {
      const selector = parseSelector({ matchLabels: { 'part-of': 'all', app: `app-${place}` } });
      expect(index.select('', selector)).toHaveLength(1);
    }
    expect(reads).toBeLessThan(10 * count);
  });
});
