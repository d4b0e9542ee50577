import { type FieldSchema, mapChildren } from './field-schema.ts';
import { canonicalText } from './schema-text.ts';

interface NamedVersion {
  version: string;
  schema: FieldSchema;
}

/**
 * Cuts the inline schema of a kind into one definition per object, equal ones once: generated schemas repeat the same object up to a
 * hundred times. A definition has the name of the shortest path to it: `DestinationRule.spec.trafficPolicy.connectionPool`.
 */
export function hoist(
  kind: string,
  versions: readonly NamedVersion[],
): { roots: Record<string, string>; definitions: Record<string, FieldSchema> } {
  const names = new Map<string, string>();
  const definitions: Record<string, FieldSchema> = {};
  const roots: Record<string, string> = {};
  for (const { version, schema } of versions) {
    const paths = shortestPaths(schema, kind);
    for (const [text, path] of paths) {
      if (names.has(text)) continue;
      const taken = Object.hasOwn(definitions, path);
      const name = taken ? path.replace(kind, `${kind}@${version}`) : path;
      names.set(text, name);
      definitions[name] = JSON.parse(text) as FieldSchema;
    }
    roots[version] = names.get(canonicalText(schema)) as string;
  }
  for (const [name, schema] of Object.entries(definitions)) {
    definitions[name] = mapChildren(schema, (child) => reference(child, names));
  }
  return { roots, definitions };
}

function reference(schema: FieldSchema, names: ReadonlyMap<string, string>): FieldSchema {
  const name = schema.properties ? names.get(canonicalText(schema)) : undefined;
  return name ? { $ref: name } : mapChildren(schema, (child) => reference(child, names));
}

/** Text of every object schema -> the shortest path to it, the first by name among equals. */
function shortestPaths(schema: FieldSchema, root: string): Map<string, string> {
  const found = new Map<string, { path: string; depth: number }>();
  const visit = (node: FieldSchema, path: string, depth: number): void => {
    if (node.properties) {
      const text = canonicalText(node);
      const known = found.get(text);
      if (!known || depth < known.depth || (depth === known.depth && path < known.path))
        found.set(text, { path, depth });
    }
    for (const [name, child] of Object.entries(node.properties ?? {})) visit(child, `${path}.${name}`, depth + 1);
    if (node.items) visit(node.items, `${path}[]`, depth);
    if (node.additionalProperties) visit(node.additionalProperties, `${path}{}`, depth);
  };
  visit(schema, root, 0);
  return new Map([...found].map(([text, { path }]) => [text, path]));
}
