import { stringify } from 'yaml';
import { version } from '../../package.json';
import type { Finding } from '../findings/finding.ts';
import type { KustomizeTool } from '../render/kustomize-tool.ts';
import type { Format } from '../report/format.ts';
import type { Report, ReportObject, Summary } from '../report/report.ts';
import { allCodes } from '../rules/registry.ts';
import type { ManifestCheck } from './check-manifests.ts';
import type { CheckedTarget, RepositoryCheck } from './check-repository.ts';

interface Run {
  /** Time of the whole run. */
  seconds: number;
  /** Only the page lists objects, and a fleet has many. */
  format: Format;
}

/** What the reporters show of a check. */
export function buildReport(
  { findings, targets }: RepositoryCheck,
  tool: KustomizeTool,
  { seconds, format }: Run,
): Report {
  return {
    findings,
    codes: allCodes,
    targets: targets.map(({ name, objects, cached, seconds: own }) => ({
      name,
      objects: objects.length,
      cached,
      seconds: own,
    })),
    objects: format === 'html' ? distinctObjects(targets) : [],
    summary: summarise(
      findings,
      targets.length,
      targets.reduce((sum, { objects }) => sum + objects.length, 0),
      seconds,
    ),
    tool: { version, kustomize: tool.version },
  };
}

export function manifestsReport({ findings, objects }: ManifestCheck, { seconds, format }: Run): Report {
  const target = { name: 'manifests', objects, text: '', cached: false, seconds };
  return {
    findings,
    codes: allCodes,
    targets: [{ name: target.name, objects: objects.length, cached: false, seconds }],
    objects: format === 'html' ? distinctObjects([target]) : [],
    summary: summarise(findings, 1, objects.length, seconds),
    tool: { version },
  };
}

function summarise(findings: readonly Finding[], targets: number, objects: number, seconds: number): Summary {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { targets, objects, errors, warnings: findings.length - errors, seconds };
}

/** Objects that targets share are listed once, with the targets that hold exactly this text. */
function distinctObjects(targets: readonly CheckedTarget[]): ReportObject[] {
  const distinct = new Map<string, ReportObject & { targets: string[] }>();
  for (const { name, objects } of targets) {
    for (const { ref, value, origin } of objects) {
      const key = JSON.stringify([origin, value]);
      const known = distinct.get(key);
      if (known) known.targets.push(name);
      else
        distinct.set(key, {
          ref,
          targets: [name],
          yaml: stringify(value, { lineWidth: 0 }),
          ...(origin ? { origin } : {}),
        });
    }
  }
  return [...distinct.values()];
}
