import { docsPath } from '../check/to-finding.ts';
import type { Finding, SourcePosition } from '../findings/finding.ts';
import type { CodeText } from '../rules/rule.ts';

/** Something that a live cluster does and git does not say. */
export interface LiveProblem {
  code: CodeText;
  object?: { apiVersion?: string; kind: string; namespace: string; name: string };
  /** Where what is expected is written; base/access.yaml as a whole when it is no single place. */
  source?: SourcePosition;
  message: string;
}

const INTENT = { file: 'base/access.yaml', line: 1, column: 1 };

export function liveFinding({ code, object, source = INTENT, message }: LiveProblem, context: string): Finding {
  return {
    code: code.code,
    slug: code.slug,
    severity: code.severity,
    target: context,
    also: [],
    ...(object ? { resource: { apiVersion: 'v1', ...object } } : {}),
    source,
    message,
    why: code.why,
    fix: code.fix,
    docs: docsPath(code.code),
  };
}
