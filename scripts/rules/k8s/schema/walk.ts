import type { FieldPath } from '../../../resources/kube-object.ts';
import type { Expectation } from './checks.ts';
import type { Alternatives, FieldNode, NodeType } from './node.ts';

/** One place where a value departs from its schema. The path of a missing field is that of the object that lacks it. */
export type Violation = { path: FieldPath } & (
  | { kind: 'unknown'; parent: FieldNode }
  | { kind: 'type'; type: NodeType; value: unknown }
  | ({ kind: 'value'; value: unknown } & Expectation)
  | { kind: 'key'; key: string; expected: string }
  | { kind: 'missing'; field: string; isNull: boolean }
  | { kind: 'missing-choice'; fields: readonly string[] }
  | { kind: 'conflict'; set: readonly string[]; fields: readonly string[] }
);

export type Report = (violation: Violation) => void;

/**
 * Reports every departure of a value from its schema, in the order of the value. A null counts as a field that is not set: the API
 * server drops it (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable).
 * In a list a null is reported. A custom resource is refused for it; the types of Kubernetes itself take it for an empty element, which
 * nobody means: an empty rule of a NetworkPolicy allows everything.
 * @param path where the value stands; used as a stack, and unchanged afterwards
 */
export function walk(node: FieldNode, value: unknown, path: (string | number)[], report: Report): void {
  if (value === null && node.nullable) return;
  if (!hasType(node.type, value)) {
    report({ kind: 'type', path: [...path], type: node.type, value });
    return;
  }
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) walkItems(node, value, path, report);
    else walkFields(node, value as Record<string, unknown>, path, report);
  }
  for (const check of node.checks) {
    const expectation = check(value);
    if (expectation) report({ kind: 'value', path: [...path], value, ...expectation });
  }
  if (node.alternatives) walkAlternatives(node.alternatives, value, path, report);
}

function hasType(type: NodeType, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number';
    case 'any':
      return true;
  }
}

function walkItems(node: FieldNode, values: readonly unknown[], path: (string | number)[], report: Report): void {
  if (!node.items) return;
  const item = node.items();
  for (let index = 0; index < values.length; index++) {
    path.push(index);
    walk(item, values[index], path, report);
    path.pop();
  }
}

function walkFields(node: FieldNode, value: Record<string, unknown>, path: (string | number)[], report: Report): void {
  for (const name of Object.keys(value)) {
    const field = node.fields?.get(name) ?? node.values;
    path.push(name);
    if (!field) {
      if (!node.open && node.type !== 'any') report({ kind: 'unknown', path: [...path], parent: node });
    } else {
      if (node.keys && !node.keys.test(name))
        report({ kind: 'key', path: [...path], key: name, expected: node.keys.expect });
      if (isSet(value[name]) && !isUnset(node, name, value[name])) walk(field(), value[name], path, report);
    }
    path.pop();
  }
  for (const name of node.required) {
    if (isSet(value[name])) continue;
    report({ kind: 'missing', path: [...path], field: name, isNull: value[name] === null });
  }
  for (const { fields, needsOne } of node.unions) {
    const set = fields.filter((name) => isSet(value[name]) && !isUnset(node, name, value[name]));
    if (set.length > 1) report({ kind: 'conflict', path: [...path, set.at(-1) as string], set, fields });
    if (set.length === 0 && needsOne) report({ kind: 'missing-choice', path: [...path], fields });
  }
}

/** An empty string that stands for a field that is not set. */
function isUnset(parent: FieldNode, name: string, value: unknown): boolean {
  return value === '' && !parent.required.includes(name) && parent.fields?.get(name)?.().emptyIsUnset === true;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function walkAlternatives(node: Alternatives, value: unknown, path: (string | number)[], report: Report): void {
  for (const branch of node.allOf ?? []) walk(branch, value, path, report);
  const refuse = (expected: string) => report({ kind: 'value', path: [...path], value, expected });
  const fitting = (branches: readonly FieldNode[]) => branches.filter((branch) => accepts(branch, value)).length;
  if (node.anyOf && fitting(node.anyOf) === 0) refuse(alternativesText(node.anyOf));
  if (node.oneOf && fitting(node.oneOf) !== 1)
    refuse(`exactly one of the alternatives: ${alternativesText(node.oneOf)}`);
  if (node.not && accepts(node.not, value)) refuse('something other than what the schema excludes here');
}

function alternativesText(branches: readonly FieldNode[]): string {
  const fields = branches.map((branch) => branch.required.map((name) => `\`${name}\``).join(' and '));
  return fields.every((text) => text !== '')
    ? fields.join(', or ')
    : 'a value that fits one of the forms in the schema';
}

function accepts(node: FieldNode, value: unknown): boolean {
  let accepted = true;
  walk(node, value, [], () => {
    accepted = false;
  });
  return accepted;
}
