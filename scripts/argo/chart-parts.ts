import { posix } from 'node:path';
import { entriesOf, recordOf, textsOf } from '../resources/fields.ts';
import { isRecord, valueAt } from '../resources/value.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { plainFile } from '../yaml/plain-file.ts';

/** A chart that is installed, with the values that differ from its own. */
export interface ChartPart {
  chart: string;
  values: Readonly<Record<string, unknown>>;
}

type ReadYaml = (path: string) => unknown;

/** Reads each file once: the Applications of a fleet name the same ones. A file that is not there, or no YAML, holds nothing. */
export function chartReader(tree: SourceTree): ReadYaml {
  const known = new Map<string, unknown>();
  return (path) => {
    if (!known.has(path)) known.set(path, plainFile(tree, path));
    return known.get(path);
  };
}

/**
 * The charts that an Application installs from a folder: the dependencies of its Chart.yaml whose condition holds, or itself.
 * @see https://helm.sh/docs/chart_best_practices/dependencies/ (conditions)
 */
export function chartParts(folder: string, helm: Record<string, unknown>, read: ReadYaml): ChartPart[] {
  const chart = recordOf(read(`${folder}/Chart.yaml`));
  const values = valuesOf(folder, helm, read);
  const dependencies = entriesOf(chart['dependencies']).map(({ value }) => value);
  if (dependencies.length === 0) return [{ chart: String(chart['name']), values }];
  return dependencies
    .filter(({ condition }) => isOn(condition, values))
    .map(({ name, alias }) => ({ chart: String(name), values: recordOf(values[String(alias ?? name)]) }));
}

/** The first of the paths that leads to true or false decides; where none does, the chart is installed. */
function isOn(condition: unknown, values: Record<string, unknown>): boolean {
  const paths = typeof condition === 'string' ? condition.split(',') : [];
  const found = paths.map((path) => valueAt(values, path.trim().split('.'))).find((one) => typeof one === 'boolean');
  return found !== false;
}

/** In the order in which the later wins: values.yaml or the files that are named, `valuesObject`, parameters (Argo CD, util/helm). */
function valuesOf(folder: string, helm: Record<string, unknown>, read: ReadYaml): Record<string, unknown> {
  const own = recordOf(read(`${folder}/values.yaml`));
  const files = textsOf(helm['valueFiles']).map((file) => recordOf(read(inRepository(folder, file))));
  const given = [own, ...files, recordOf(helm['valuesObject'])].reduce(merged, {});
  return entriesOf(helm['parameters']).reduce(
    (values, { value: { name, value } }) => merged(values, nested(String(name).split('.'), scalarOf(value))),
    given,
  );
}

/** `/` is the root of the repository. */
function inRepository(folder: string, file: string): string {
  return posix.normalize(file.startsWith('/') ? file.slice(1) : `${folder}/${file}`);
}

/** As helm does: maps into maps, anything else is replaced, null deletes. */
function merged(values: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...values };
  for (const [key, value] of Object.entries(over)) {
    const known = result[key];
    if (value === null) delete result[key];
    else result[key] = isRecord(value) && isRecord(known) ? merged(known, value) : value;
  }
  return result;
}

function nested([key = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

/** `helm --set` reads words as what they look like. */
function scalarOf(value: unknown): unknown {
  return value === 'true' || value === 'false' ? value === 'true' : value;
}
