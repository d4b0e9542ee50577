import { isRecord } from '../resources/value.ts';

/**
 * Why helm cannot install the chart of a folder, as far as its own files show it.
 * @see helm pkg/chart/metadata.go (`Validate`), and pkg/chartutil/values.go: values are a map
 */
export function chartProblem(folder: string, read: (path: string) => unknown): string | undefined {
  const file = `${folder}/Chart.yaml`;
  const chart = read(file);
  if (!isRecord(chart)) return `${file} is no map with the name and the version of a chart`;
  const dependencies: unknown = chart['dependencies'] ?? [];
  if (!Array.isArray(dependencies)) return `${file}: \`dependencies\` is no list`;
  const ofChart = missingIn(chart, ['apiVersion', 'name', 'version']);
  if (ofChart) return `${file} ${ofChart}`;
  for (const [index, one] of dependencies.entries()) {
    const reason = isRecord(one) ? missingIn(one, ['name', 'version']) : 'is no map';
    if (reason) return `${file}: \`dependencies.${index}\` ${reason}`;
  }
  const values = read(`${folder}/values.yaml`) ?? {};
  return isRecord(values) ? undefined : `${folder}/values.yaml is no map of values`;
}

function missingIn(value: Record<string, unknown>, fields: readonly string[]): string | undefined {
  const field = fields.find((one) => typeof value[one] !== 'string' || value[one] === '');
  if (field === undefined) return undefined;
  const isThere = value[field] !== undefined && value[field] !== null && value[field] !== '';
  return isThere ? `has a \`${field}\` that is no text: put it in quotes` : `has no \`${field}\``;
}
