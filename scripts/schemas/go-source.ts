import { joinApiVersion, type RemovedKind } from './field-schema.ts';

/** Values that a field, or the elements of a list field, may take. */
export interface FieldEnum {
  /** Go type as the generated code names it: `k8s.io/api/core/v1.ContainerPort`. */
  type: string;
  field: string;
  ofElements: boolean;
  values: string[];
}

/**
 * Reads the enumerations from `zz_generated.openapi.go`: the published OpenAPI documents of Kubernetes leave them out. gofmt fixes the
 * shape of the file: a property of a type stands at five tabs, whatever describes it deeper.
 */
export function parseEnums(goSource: string): FieldEnum[] {
  const types = new Map(
    [...goSource.matchAll(/"([^"]+)":\s+(schema_\w+)\(ref\),/g)].map((match) => [match[2], match[1]]),
  );
  const enums: FieldEnum[] = [];
  let type: string | undefined;
  let field = '';
  let ofElements = false;
  for (const line of goSource.split('\n')) {
    const start = /^func (schema_\w+)\(/.exec(line);
    if (start) type = types.get(start[1]);
    const property = /^\t{5}"([^"]+)": \{$/.exec(line);
    if (property) [field, ofElements] = [property[1] as string, false];
    if (/^\t+Items: &spec\.SchemaOrArray\{$/.test(line)) ofElements = true;
    const values = /^\t+Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line);
    if (values && type) enums.push({ type, field, ofElements, values: JSON.parse(`[${values[1]}]`) as string[] });
  }
  return enums;
}

export interface Lifecycle {
  kind: string;
  /** Release that declared it deprecated: `1.21`. */
  deprecated?: string;
  removed?: RemovedKind;
}

/** Reads `zz_generated.prerelease-lifecycle.go` of one API version: in which release each kind was deprecated and removed. */
export function parseLifecycle(goSource: string): Lifecycle[] {
  const returned = new Map<string, Record<string, string>>();
  const functions = /^func \(in \*(\w+)\) APILifecycle(Deprecated|Removed|Replacement)\(\).*\n\treturn (.*)\n/gm;
  for (const [, kind = '', what = '', value = ''] of goSource.matchAll(functions)) {
    returned.set(kind, { ...returned.get(kind), [what]: value });
  }
  return [...returned].map(([kind, { Deprecated, Removed, Replacement }]) => ({
    kind,
    ...(Deprecated ? { deprecated: release(Deprecated) } : {}),
    ...(Removed ? { removed: { since: release(Removed), ...replacement(Replacement) } } : {}),
  }));
}

function release(returned: string): string {
  return returned.replace(', ', '.');
}

function replacement(returned = ''): { use?: string } {
  const [, group = '', version] = /Group: "([^"]*)", Version: "([^"]*)"/.exec(returned) ?? [];
  return version ? { use: joinApiVersion(group, version) } : {};
}
