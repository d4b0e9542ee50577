import { type Entry, entriesOf, textOf } from '../../resources/fields.ts';
import type { FieldPath, RenderedObject } from '../../resources/kube-object.ts';
import { indexTarget } from '../../resources/target-index.ts';
import type { CodeInfo, ObjectProblem, ObjectRule } from '../rule.ts';

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata:\n  name: api-gateway\nspec:\n  ports:\n    - { name: http, port: 80 }\n';

const listKeyDuplicate: CodeInfo = {
  code: 'K8S030',
  slug: 'list-key-duplicate',
  severity: 'error',
  title: 'two elements of a list have the name that tells them apart',
  why: 'The API server refuses the object, or keeps only the last of the two: containers, volumes and Service ports are known by their names, and a Service with several ports needs a name for each.',
  fix: 'Give each element a name of its own.',
  bad: `${SERVICE}    - { name: http, port: 8080 }\n`,
  good: `${SERVICE}    - { name: metrics, port: 8080 }\n`,
};

/** Lists of the core API whose elements are known by `name` (x-kubernetes-list-map-keys, validation of pods and services). */
export const listKeyDuplicateRule: ObjectRule = {
  codes: [listKeyDuplicate],
  *check(target) {
    const index = indexTarget(target);
    for (const { object, template } of index.workloads) {
      const at = [...template.path, 'spec'];
      const lists = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
        named(template.spec[list], [...at, list]),
      );
      yield* duplicates(object, lists, 'container');
      yield* duplicates(object, named(template.spec['volumes'], [...at, 'volumes']), 'volume');
    }
    for (const object of index.ofKind('', 'Service')) {
      const spec = object.value['spec'] as { ports?: unknown } | undefined;
      const ports = named(spec?.ports, ['spec', 'ports']);
      yield* duplicates(object, ports, 'port');
      const nameless = ports.length > 1 ? ports.find(({ name }) => name === undefined) : undefined;
      if (nameless) {
        const message = 'a port has no name, and a Service with several ports needs one for each';
        yield { code: listKeyDuplicate, object, path: nameless.path, message };
      }
    }
  },
};

interface Named {
  name: string | undefined;
  path: FieldPath;
}

function named(list: unknown, path: FieldPath): Named[] {
  return entriesOf(list).map(({ value, index }: Entry) => ({ name: textOf(value['name']), path: [...path, index] }));
}

function* duplicates(object: RenderedObject, elements: readonly Named[], what: string): Generator<ObjectProblem> {
  const seen = new Set<string>();
  for (const { name, path } of elements) {
    if (name === undefined) continue;
    if (seen.has(name))
      yield { code: listKeyDuplicate, object, path: [...path, 'name'], message: `there are two ${what}s \`${name}\`` };
    seen.add(name);
  }
}
