import { isRecord } from '../resources/value.ts';
import { FIRST_SECRET, type InUse } from '../rotate/rotation-file.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { parseYaml, plainValue } from '../yaml/yaml-file.ts';
import { from } from './scalar.ts';

/** A variable of a container whose value base takes from the first Secret. */
interface SecretVariable {
  name: string;
  key: string;
}

/** A workload of base with the containers that take something from the first Secret. */
export interface Consumer {
  kind: string;
  name: string;
  containers: readonly { name: string; variables: readonly SecretVariable[] }[];
}

/** Which rotation each key of the first Secret follows. The password of the superuser follows none: only the first start reads it. */
const USED_AS: Readonly<Record<string, keyof InUse>> = {
  'database-url': 'database',
  'session-secret': 'session',
  'wiz-client-id': 'wiz',
  'wiz-client-secret': 'wiz',
};

/** All of them, as the files of base say. */
export function consumersIn(tree: SourceTree): Consumer[] {
  const files = tree.list('base').filter((path) => path.endsWith('.yaml'));
  return files.flatMap((path) => {
    const text = tree.read(path) ?? '';
    if (!text.includes(`name: ${FIRST_SECRET}`)) return [];
    const objects = parseYaml(path, text).documents.map(plainValue);
    return objects.flatMap((object) => consumer(object) ?? []);
  });
}

function consumer(object: unknown): Consumer | undefined {
  const [kind, name] = [at(object, 'kind'), at(object, 'metadata', 'name')];
  const containers = list(at(object, 'spec', 'template', 'spec', 'containers')).flatMap((container) => {
    const variables = list(at(container, 'env')).flatMap((variable) => {
      const reference = at(variable, 'valueFrom', 'secretKeyRef');
      const [given, key] = [at(variable, 'name'), at(reference, 'key')];
      const follows = at(reference, 'name') === FIRST_SECRET && typeof key === 'string' && key in USED_AS;
      return follows && typeof given === 'string' ? [{ name: given, key }] : [];
    });
    const own = at(container, 'name');
    return variables.length > 0 && typeof own === 'string' ? [{ name: own, variables }] : [];
  });
  return containers.length > 0 && typeof kind === 'string' && typeof name === 'string'
    ? { kind, name, containers }
    : undefined;
}

/**
 * Patches that lead every consumer to the Secrets in use, for a kustomization.yaml. A target names what a workload is called in base: a
 * copy under another name, as in the canary component, is patched with it.
 */
export function consumerPatches(consumers: readonly Consumer[], inUse: InUse): string[] {
  return consumers.flatMap(({ kind, name, containers }) => {
    const changed = containers.flatMap((container) => {
      const variables = container.variables.flatMap((variable) => variableLines(variable, inUse));
      return variables.length > 0
        ? [`              - name: ${container.name}\n                env:\n`, ...variables]
        : [];
    });
    if (changed.length === 0) return [];
    return `  - target:
      kind: ${kind}
      name: ${name}
    patch: |-
      apiVersion: apps/v1
      kind: ${kind}
      metadata:
        name: ${name}
      spec:
        template:
          spec:
            containers:
${changed.join('')}`;
  });
}

function variableLines({ name, key }: SecretVariable, inUse: InUse): string[] {
  const part = USED_AS[key] as keyof InUse;
  const { secret } = inUse[part];
  const { accepted } = inUse.session;
  const source = `rotation.yaml inUse.${part}`;
  return [
    ...(secret === FIRST_SECRET ? [] : [entry(name, from(secret, `${source}.secret`))]),
    // The second secret that signs sessions exists during a rotation only.
    ...(part === 'session' && accepted
      ? [entry(`${name}_ACCEPTED`, `${from(accepted, `${source}.accepted`)}\n                        key: ${key}`)]
      : []),
  ];
}

function entry(variable: string, secret: string): string {
  return `                  - name: ${variable}
                    valueFrom:
                      secretKeyRef:
                        name: ${secret}
`;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, step) => (isRecord(inner) ? inner[step] : undefined), value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
