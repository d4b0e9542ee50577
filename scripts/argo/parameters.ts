import { refused } from './expansion-error.ts';
import { type GoMap, isTrue, printed, StringMap, typeName } from './go-template/value.ts';

/**
 * Writes parameters over others, maps into maps (dario.cat/mergo with override). Maps that `into` does not have are shared, not copied:
 * what is later written into one shows in the other, as in Argo CD.
 */
export function mergeOver(into: Map<string, unknown>, from: ReadonlyMap<string, unknown>): void {
  // Go has no place for just any value in a map of texts, and panics.
  if (into instanceof StringMap && !(from instanceof StringMap) && from.size > 0) {
    throw refused(
      `${typeName(from)} cannot be merged into ${typeName(into)} (a generator has \`values\` of texts, another has a list element with \`values\`)`,
    );
  }
  for (const [key, value] of from) {
    const known = into.get(key);
    if (value instanceof Map && known instanceof Map) {
      mergeOver(known, value);
      if (isTrue(known)) continue;
    }
    into.set(key, value);
  }
}

/** Parameters of both children of a matrix in the old form of templates, all as texts; they must not disagree. */
export function combineTexts(a: GoMap, b: GoMap): GoMap {
  const combined: GoMap = new Map([...a].map(([key, value]) => [key, printed(value)]));
  for (const [key, value] of b) {
    const known = combined.get(key);
    if (combined.has(key) && known !== printed(value)) {
      throw refused(
        `both generators have the parameter \`${key}\`, with different values: ${known} and ${printed(value)}`,
      );
    }
    combined.set(key, printed(value));
  }
  return combined;
}

/** `a.b` and `a.0` for what is nested. A map of texts is not opened: selectors see it whole, as it is printed. */
export function flatten(parameters: GoMap): Map<string, string> {
  const flat = new Map<string, string>();
  const add = (prefix: string, value: unknown) => {
    const children = childrenOf(value);
    if (!children) flat.set(prefix, printed(value));
    else for (const [key, child] of children) add(prefix === '' ? key : `${prefix}.${key}`, child);
  };
  add('', parameters);
  return flat;
}

function childrenOf(value: unknown): (readonly [string, unknown])[] | undefined {
  if (value instanceof Map && !(value instanceof StringMap)) return [...value];
  if (Array.isArray(value) && !stringLists.has(value))
    return value.map((item, index) => [String(index), item] as const);
  return undefined;
}

/** Lists that are []string in Argo CD. */
const stringLists = new WeakSet<object>();

export function stringList(values: string[]): string[] {
  stringLists.add(values);
  return values;
}
