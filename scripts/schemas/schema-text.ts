import type { FieldSchema, SchemaFile } from './field-schema.ts';

/** The text of a schema file: sorted, one kind or definition per line, so that a new release reads as a diff of fields. */
export function schemaText(file: SchemaFile): string {
  const sections = [
    `"sources": ${list(file.sources.map((source) => JSON.stringify(source)))}`,
    `"kinds": ${table(file.kinds)}`,
    ...(file.removed ? [`"removed": ${table(file.removed)}`] : []),
    `"definitions": ${table(file.definitions)}`,
  ];
  return `{\n${sections.join(',\n')}\n}\n`;
}

function list(lines: readonly string[]): string {
  return `[\n${lines.join(',\n')}\n]`;
}

function table(entries: Readonly<Record<string, object>>): string {
  const lines = Object.keys(entries)
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${JSON.stringify(sortKeys(entries[key]))}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** Equal schemas have equal texts, whatever order their keys were read in. */
export function canonicalText(schema: FieldSchema): string {
  return JSON.stringify(sortKeys(schema));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, sortKeys(child)]));
}
