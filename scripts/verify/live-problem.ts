import { docsPath } from '../check/to-finding.ts';
import type { Finding, SourcePosition } from '../findings/finding.ts';
import type { LiveCode } from './codes/live-code.ts';

/** Something that a live cluster does and git does not say. */
export interface LiveProblem {
  code: LiveCode;
  object?: { apiVersion?: string; kind: string; namespace: string; name: string };
  /** Where what is expected is written, when it is one line. */
  source?: SourcePosition;
  message: string;
  /** Replaces the general advice of the code where something more exact can be said. */
  fix?: string;
}

export function liveFinding({ code, object, source, message, fix }: LiveProblem, context: string): Finding {
  return {
    code: code.code,
    slug: code.slug,
    severity: code.severity,
    target: context,
    also: [],
    ...(object ? { resource: { apiVersion: 'v1', ...object } } : {}),
    source: source ?? { file: code.promisedIn, line: 1, column: 1 },
    message,
    why: code.why,
    fix: fix ?? code.fix,
    docs: docsPath(code.code),
  };
}

/** Messages of those that are errors: what is promised and not kept. */
export function errorsOf(problems: readonly LiveProblem[]): string[] {
  return problems.filter(({ code }) => code.severity === 'error').map(({ message }) => message);
}
