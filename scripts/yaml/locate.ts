import { isAlias, isMap, isPair, isScalar, isSeq, type Pair, type ParsedNode } from 'yaml';
import type { FieldPath } from '../resources/kube-object.ts';
import { LIST_KEYS } from '../resources/list-keys.ts';
import { sameValue } from '../resources/value.ts';
import type { Range } from './yaml-file.ts';

export interface Located {
  node: ParsedNode;
  /** The key before the node, where it is the value of a map. */
  key?: ParsedNode;
}

/**
 * Follows a field path through a YAML node. An index is followed to the element that `rendered` has at that index: by merge key,
 * else by equal value, else by the index itself, since patches may have moved elements.
 * @param rendered the value that the path was found in; its elements tell which element of the node is meant
 */
export function locate(root: ParsedNode | null, path: FieldPath, rendered?: unknown): Located | undefined {
  let at: Located | undefined = root ? { node: root } : undefined;
  let value = rendered;
  for (const step of path) {
    if (!at) return undefined;
    value = childValue(value, step);
    at = typeof step === 'number' ? element(at.node, step, value) : entry(at.node, step);
  }
  return at;
}

function entry(node: ParsedNode, key: string): Located | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => keyText(item as Pair) === key);
  if (!pair?.key) return undefined;
  // `key:` without a value is a null node in the library, and absent for flow pairs.
  return { node: (pair.value ?? pair.key) as ParsedNode, key: pair.key as ParsedNode };
}

function element(node: ParsedNode, index: number, value: unknown): Located | undefined {
  if (!isSeq(node)) return undefined;
  const items = node.items as ParsedNode[];
  const plain = items.map((item) => item?.toJSON?.() as unknown);
  const key = LIST_KEYS.find(
    (name) => childValue(value, name) !== undefined && plain.some((item) => childValue(item, name) !== undefined),
  );
  const equal = plain.findIndex((item) => sameValue(item, value));
  const matching = key ? plain.findIndex((item) => sameValue(childValue(item, key), childValue(value, key))) : index;
  const item = items[equal >= 0 ? equal : matching];
  return item ? { node: item } : undefined;
}

function childValue(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
}

function keyText(pair: Pair): string | undefined {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
}

/** Range to underline: a scalar itself; for a map or list the key it belongs to, since its own text may run over many lines. */
export function rangeOf(located: Located, at: 'value' | 'key' = 'value'): Range {
  const isLeaf = isScalar(located.node) || isAlias(located.node);
  const node = (at === 'key' || !isLeaf ? located.key : undefined) ?? located.node;
  const [start, end] = node.range ?? [0, 0];
  return isLeaf || located.key ? [start, end] : [start, start];
}
