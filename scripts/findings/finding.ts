/** The finding contract: every check of this repository ends in values of this shape (docs/findings.md). */

export type Severity = 'error' | 'warning';

export interface ResourceRef {
  apiVersion: string;
  kind: string;
  /** Absent for cluster-scoped kinds. */
  namespace?: string;
  name: string;
}

/** Where a person must edit. `file` is relative to the repository root, `line` and `column` count from 1. */
export interface SourcePosition {
  file: string;
  line: number;
  column: number;
  /** Column just after the last character, on the same line. */
  endColumn?: number;
}

export interface Finding {
  code: string;
  slug: string;
  severity: Severity;
  /** The first target (overlay, cluster or component folder) that shows the finding; absent when it belongs to no target. */
  target?: string;
  /** Further targets with the same finding at the same source. */
  also: string[];
  resource?: ResourceRef;
  /** JSON pointer into the resource. */
  path?: string;
  source: SourcePosition;
  message: string;
  why: string;
  fix: string;
  /** Page about the code, relative to the repository root. */
  docs: string;
}

export function describeResource(ref: ResourceRef): string {
  return `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`;
}
