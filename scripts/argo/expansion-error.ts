import type { FieldPath } from '../resources/kube-object.ts';

/** Why an ApplicationSet yields no Applications. */
export type Refusal =
  /** Argo CD would refuse it too. */
  | 'refused'
  /** A template asks for a key that the parameters do not have. */
  | 'missing-key'
  /** Argo CD may well take it, but its result cannot be known from the files. */
  | 'unsupported';

/** What keeps an ApplicationSet from being expanded, and the field that says it. */
export class ExpansionError extends Error {
  readonly refusal: Refusal;
  readonly path: FieldPath;

  constructor(refusal: Refusal, message: string, path: FieldPath = []) {
    super(message);
    this.name = 'ExpansionError';
    this.refusal = refusal;
    this.path = path;
  }
}

export const refused = (message: string, path?: FieldPath) => new ExpansionError('refused', message, path);
export const unsupported = (message: string, path?: FieldPath) => new ExpansionError('unsupported', message, path);

/** Runs a step of the expansion; what it refuses is placed below the field. */
export function within<T>(path: FieldPath, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    throw new ExpansionError(error.refusal, error.message, [...path, ...error.path]);
  }
}
