import type { Finding } from '../findings/finding.ts';
import type { Report } from './report.ts';
import { targetsOf } from './text.ts';

/** Where findings of no target are counted: sources, records, generated files. */
export const REPOSITORY = 'repository';

export interface TargetTally {
  name: string;
  /** Absent for names that only findings know (a component folder, the repository itself). */
  objects?: number;
  cached: boolean;
  seconds: number;
  findings: Finding[];
  errors: number;
  warnings: number;
}

/** Findings per target, each counted in every target that shows it; targets of the run first, in their order. */
export function tallyTargets({ targets, findings }: Report): TargetTally[] {
  const rows = new Map<string, TargetTally>(targets.map((target) => [target.name, { ...target, ...noFindings() }]));
  for (const finding of findings) {
    const names = targetsOf(finding);
    for (const name of names.length > 0 ? names : [REPOSITORY]) {
      const row = rows.get(name) ?? { name, cached: false, seconds: 0, ...noFindings() };
      rows.set(name, row);
      row.findings.push(finding);
      row[finding.severity === 'error' ? 'errors' : 'warnings']++;
    }
  }
  return [...rows.values()];
}

function noFindings(): Pick<TargetTally, 'findings' | 'errors' | 'warnings'> {
  return { findings: [], errors: 0, warnings: 0 };
}
