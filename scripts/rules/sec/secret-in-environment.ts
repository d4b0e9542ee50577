import { entriesOf, recordOf, textOf } from '../../resources/fields.ts';
import { type FieldPath, type RenderedObject, toPointer } from '../../resources/kube-object.ts';
import { embeddedSecret, isSecretValue } from '../../resources/secret-like.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload, type Workload } from '../../resources/workloads.ts';
import { groupOf } from '../../sources/declaration.ts';
import { DEPLOYMENT, edit } from '../k8s/example.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';

const withVariable = (variable: string) =>
  edit(DEPLOYMENT, { '          ports:': `          env:\n${variable}          ports:` });

const secretInEnvironment: CodeInfo = {
  code: 'SEC002',
  slug: 'secret-in-environment',
  severity: 'error',
  title: 'a secret stands in plain text outside a Secret',
  why: 'Everyone who can read the repository, the Deployment or the ConfigMap has the value, and read access to those is given far more freely than to Secrets. It also shows in `kubectl describe`, in Argo CD and in every diff, and git keeps it forever.',
  fix: 'Put the value into a Secret (sealed per cluster) and refer to it by `valueFrom.secretKeyRef`; then rotate it, since it has been public.',
  bad: withVariable('            - name: SESSION_SECRET\n              value: correct-horse-battery-staple\n'),
  good: withVariable(
    '            - name: SESSION_SECRET\n              valueFrom:\n                secretKeyRef:\n                  name: ai-spm-secrets\n                  key: session-secret\n            - name: SESSION_SECRET_FILE\n              value: /etc/ai-spm/session-secret\n',
  ),
};

interface Leak {
  path: FieldPath;
  /** What is there and where; never the value. */
  message: string;
}

export const secretInEnvironmentRule: ObjectRule = {
  codes: [secretInEnvironment],
  *check(target) {
    const workloads = new Map(indexTarget(target).workloads.map((workload) => [workload.object, workload]));
    for (const object of target.objects) {
      const workload = workloads.get(object);
      const named = [...(workload ? variables(workload) : []), ...configKeys(object)];
      const known = new Set(named.map(({ path }) => toPointer(path)));
      const shaped = embedded(object).filter(({ path }) => !known.has(toPointer(path)));
      for (const { path, message } of [...named, ...shaped]) yield { code: secretInEnvironment, object, path, message };
    }
  },
};

function variables(workload: Workload): Leak[] {
  return workload.containers.flatMap((container) =>
    entriesOf(container.value['env']).flatMap(({ value: variable, index }): Leak[] => {
      const name = textOf(variable['name']) ?? '';
      if (!isSecretValue(name, textOf(variable['value']) ?? '')) return [];
      const message = `variable \`${name}\` of container \`${container.name}\` in ${describeWorkload(workload)} has its value in plain text`;
      return [{ path: [...container.path, 'env', index, 'value'], message }];
    }),
  );
}

function configKeys({ ref, value }: RenderedObject): Leak[] {
  if (ref.kind !== 'ConfigMap' || groupOf(ref.apiVersion) !== '') return [];
  return Object.entries(recordOf(value['data'])).flatMap(([key, text]): Leak[] => {
    // A value of several lines is a file: its name says nothing about any one of them.
    if (typeof text !== 'string' || text.trim().includes('\n') || !isSecretValue(key, text)) return [];
    return [
      { path: ['data', key], message: `key \`${key}\` of ConfigMap \`${ref.name}\` holds a secret in plain text` },
    ];
  });
}

/** Fields that another rule reports as a whole, and descriptions of fields, which give examples of URLs. */
const SKIPPED: Readonly<Record<string, readonly string[]>> = {
  '/Secret': ['data', 'stringData'],
  'apiextensions.k8s.io/CustomResourceDefinition': ['spec'],
};

function embedded({ ref, value }: RenderedObject): Leak[] {
  const skipped = SKIPPED[`${groupOf(ref.apiVersion)}/${ref.kind}`] ?? [];
  const leaks: Leak[] = [];
  const path: (string | number)[] = [];
  // Aliases of YAML can make an object contain itself.
  const seen = new Set<object>();
  const visit = (field: unknown): void => {
    if (typeof field === 'string') {
      const kind = embeddedSecret(field);
      if (kind)
        leaks.push({
          path: [...path],
          message: `${ref.kind} \`${ref.name}\` holds ${kind} in \`${fieldName(value, path)}\``,
        });
    } else if (typeof field === 'object' && field !== null && !seen.has(field)) {
      seen.add(field);
      const steps = Array.isArray(field) ? [...field.keys()] : Object.keys(field);
      for (const step of steps) {
        if (path.length === 0 && skipped.includes(String(step))) continue;
        path.push(step);
        visit((field as Record<string | number, unknown>)[step]);
        path.pop();
      }
    }
  };
  visit(value);
  return leaks;
}

/** The name that a person knows the field by: of the variable for an entry of `env`, else its last key. */
function fieldName(root: unknown, path: FieldPath): string {
  const keys = path.filter((step) => typeof step === 'string');
  if (path.at(-1) !== 'value') return keys.at(-1) ?? '';
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], root);
  return textOf(recordOf(parent)['name']) ?? 'value';
}
