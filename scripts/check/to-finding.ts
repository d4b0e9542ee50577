import type { Finding, ResourceRef, SourcePosition } from '../findings/finding.ts';
import { toPointer } from '../resources/kube-object.ts';
import type { CodeInfo, ObjectProblem, SourceProblem } from '../rules/rule.ts';

export function objectFinding(problem: ObjectProblem, target: string, source: SourcePosition): Finding {
  const { object, path, message, fix } = problem;
  return finding(problem.code, { target, resource: object.ref, path: toPointer(path), source, message, fix });
}

export function sourceFinding({ code, source, message, fix }: SourceProblem, targets: readonly string[]): Finding {
  const [target, ...also] = targets;
  return finding(code, { target, also, source, message, fix });
}

interface Parts {
  target?: string | undefined;
  also?: string[];
  resource?: ResourceRef;
  path?: string;
  source: SourcePosition;
  message: string;
  fix?: string | undefined;
}

function finding(code: CodeInfo, { target, also = [], resource, path, source, message, fix }: Parts): Finding {
  return {
    code: code.code,
    slug: code.slug,
    severity: code.severity,
    ...(target === undefined ? {} : { target }),
    also,
    ...(resource ? { resource } : {}),
    ...(path === undefined ? {} : { path }),
    source,
    message,
    why: code.why,
    fix: fix ?? code.fix,
    docs: docsPath(code.code),
  };
}

export function docsPath(code: string): string {
  return `docs/rules/${code}.md`;
}

/** One finding for each defect: what several targets or copies of an object share is named once, with the other targets in `also`. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const places = new Map<string, Finding[]>();
  for (const one of findings) {
    const { file, line, column } = one.source;
    const key = [one.code, file, line, column, one.path].join('\n');
    const there = places.get(key) ?? [];
    // The same words, or the same field of a copy of the object (a canary): one place to edit, one finding.
    const known = there.find((other) => other.message === one.message) ?? there.find((other) => isCopy(other, one));
    const targets = [one.target, ...one.also].filter((target) => target !== undefined);
    if (known) known.also.push(...targets.filter((target) => target !== known.target && !known.also.includes(target)));
    else places.set(key, [...there, { ...one, also: [...one.also] }]);
  }
  return [...places.values()].flat().sort(bySource);
}

function isCopy(a: Finding, b: Finding): boolean {
  return (
    a.resource !== undefined &&
    b.resource !== undefined &&
    a.resource.kind === b.resource.kind &&
    a.resource.name !== b.resource.name
  );
}

function bySource(a: Finding, b: Finding): number {
  return (
    compare(a.source.file, b.source.file) ||
    a.source.line - b.source.line ||
    a.source.column - b.source.column ||
    compare(a.code, b.code) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
