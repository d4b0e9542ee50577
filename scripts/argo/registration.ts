import { recordOf, textOf } from '../resources/fields.ts';
import type { FieldPath, KubeObject } from '../resources/kube-object.ts';
import type { Placed } from './delivery.ts';

/** The Secret that an object makes, as far as it is readable: values may hold `{{ }}`, what is sealed is not there. */
export interface ClusterRegistration {
  placed: Placed;
  /** Where the fields of the Secret stand in the object. */
  at: FieldPath;
  labels: Readonly<Record<string, unknown>>;
  data: Readonly<Record<string, unknown>>;
}

const TEMPLATES: Readonly<Record<string, FieldPath>> = {
  SealedSecret: ['spec', 'template'],
  ExternalSecret: ['spec', 'target', 'template'],
};

/** A cluster as Argo CD is told of it, where the object makes such a Secret. */
export function registrationOf(placed: Placed): ClusterRegistration | undefined {
  const found = secretTemplate(placed.value);
  if (!found) return undefined;
  const { at, value: template } = found;
  const labels = recordOf(recordOf(template['metadata'])['labels']);
  if (labels['argocd.argoproj.io/secret-type'] !== 'cluster') return undefined;
  return { placed, at, labels, data: recordOf(template['data']) };
}

/** What the Secret is made from that such an object makes. */
export function secretTemplate(
  object: KubeObject,
): { at: FieldPath; value: Readonly<Record<string, unknown>> } | undefined {
  const at = TEMPLATES[object.kind];
  return (
    at && { at, value: at.reduce<Record<string, unknown>>((value, field) => recordOf(value[field]), { ...object }) }
  );
}

export function isRegistration(value: KubeObject): boolean {
  return registrationOf({ value, placeOf: () => ({ file: '', line: 1, column: 1 }) }) !== undefined;
}

/** A field of the Secret that is written in the clear. */
export function clearText({ data }: ClusterRegistration, field: string): string | undefined {
  const text = textOf(data[field]);
  return text === undefined || text.includes('{{') ? undefined : text;
}

/** One server may be written in many ways: with its port or without, with `/` at the end, in capitals. */
export function normalizedServer(server: string): string {
  if (!URL.canParse(server)) return server;
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
}
