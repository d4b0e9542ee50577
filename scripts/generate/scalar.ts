import { stringify } from 'yaml';

/** One value with the field of the record (or `FILE FIELD`, of a file beside it) that it comes from: read back when a finding points here. */
export function from(value: string | number, field: string): string {
  return `${scalar(value)} # from ${field}`;
}

/** A value as YAML that readers of 1.1 and of 1.2 take for the same. */
export function scalar(value: string | number): string {
  return stringify(value, { compat: 'yaml-1.1', lineWidth: 0 }).trimEnd();
}
