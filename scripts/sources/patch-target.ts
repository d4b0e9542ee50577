import type { KubeObject } from '../resources/kube-object.ts';
import { groupOf } from './declaration.ts';
import type { PatchSelector } from './kustomization-schema.ts';
import type { Patch, PatchDocument } from './patch.ts';

/**
 * True when kustomize applies this document of the patch to the object.
 * @param names the names that the object has or had in the layer of the patch; kustomize compares with each of them
 */
export function appliesTo(
  patch: Patch,
  document: PatchDocument,
  object: KubeObject,
  names: readonly string[],
): boolean {
  if (patch.target) return selects(patch.target, object, names);
  if (document.type === 'json') return false;
  const { apiVersion, kind, metadata } = document.value as Partial<KubeObject>;
  return (
    typeof apiVersion === 'string' &&
    groupOf(apiVersion) === groupOf(object.apiVersion) &&
    kind === object.kind &&
    [...names, object.metadata.name].includes(metadata?.name ?? '')
  );
}

/** kustomize's selector: every given field is a regular expression over the whole value (api/types/selector.go). */
export function selects(selector: PatchSelector, object: KubeObject, names: readonly string[]): boolean {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const { namespace = 'default', labels = {}, annotations = {} } = object.metadata;
  return (
    matches(selector.group, [group ?? '']) &&
    matches(selector.version, [version ?? '']) &&
    matches(selector.kind, [object.kind]) &&
    matches(selector.namespace, [namespace, '']) &&
    matches(selector.name, [...names, object.metadata.name]) &&
    matchesLabels(selector.labelSelector, labels) &&
    matchesLabels(selector.annotationSelector, annotations)
  );
}

function matches(pattern: string | undefined, values: readonly string[]): boolean {
  if (!pattern) return true;
  try {
    const expression = new RegExp(`^(?:${pattern})$`);
    return values.some((value) => expression.test(value));
  } catch {
    // Not a regular expression: kustomize fails on it too, and its message is reported.
    return false;
  }
}

/** A label selector in text form: `a=b,c!=d,e in (f,g),h notin (i),j,!k` (apimachinery labels.Parse). */
export function matchesLabels(selector: string | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (!selector) return true;
  return selector.split(/,(?![^(]*\))/).every((requirement) => meets(requirement.trim(), labels));
}

function meets(requirement: string, labels: Readonly<Record<string, string>>): boolean {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(requirement);
  if (set) {
    const isIn = (set[3] ?? '').split(',').some((value) => value.trim() === labels[set[1] ?? '']);
    return isIn === (set[2] === 'in');
  }
  const equality = /^([^!=\s]+)\s*(!=|==?)\s*(\S*)$/.exec(requirement);
  if (equality) return (labels[equality[1] ?? ''] === equality[3]) === (equality[2] !== '!=');
  return requirement.startsWith('!') ? !(requirement.slice(1).trim() in labels) : requirement in labels;
}
