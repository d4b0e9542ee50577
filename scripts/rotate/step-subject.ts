/** Stands in the commit of a step that was taken without its gates. */
export const EMERGENCY = 'Emergency: no gate was looked at.';

/** What the first line of a step's commit says. */
export interface StepSubject {
  kind: string;
  from: string;
  to: string;
  clusters: readonly string[];
}

export function stepSubject({ kind, from, to, clusters }: StepSubject): string {
  return `rotate ${kind}: ${from} to ${to} in ${clusters.join(', ')}`;
}

/** `undefined` for any other commit. */
export function parseStepSubject(line: string): StepSubject | undefined {
  const [, kind, from, to, clusters] = /^rotate (\S+): (\S+) to (\S+) in (.+)$/.exec(line) ?? [];
  return kind && from && to && clusters ? { kind, from, to, clusters: clusters.split(', ') } : undefined;
}
