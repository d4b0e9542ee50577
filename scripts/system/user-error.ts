import type { SourcePosition } from '../findings/finding.ts';

export interface UserErrorDetails {
  /** What it would lead to, or the rule behind it. */
  why?: string;
  fix: string;
  source?: SourcePosition;
  cause?: unknown;
}

/** An error that the user can act on: printed without a stack, exit code 2. Everything else that is thrown is a defect. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly what: string;
  readonly details: UserErrorDetails;

  constructor(what: string, details: UserErrorDetails) {
    super(what, { cause: details.cause });
    this.what = what;
    this.details = details;
  }
}
