import { readSealingCertificate } from '../secrets/sealing-certificate.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { type CalendarEntry, calendarOf } from './calendar/calendar.ts';
import { phaseOf } from './engine.ts';
import type { RotationKind } from './rotation.ts';
import { readRotationFile, type UnderWay } from './rotation-file.ts';
import { sealedFiles } from './sealed-files.ts';

export interface SecretState {
  cluster: string;
  kind: string;
  phase: string;
  holds: string;
  /** Absent between rotations. */
  underWay?: UnderWay;
}

/** What hangs on one key of the sealed-secrets controller. */
export interface KeyState {
  cluster: string;
  /** SHA-256 of its certificate; `unknown` for files that do not name one. */
  certificate: string;
  /** New values are sealed to it. */
  isCurrent: boolean;
  files: string[];
}

export interface RotationStatus {
  secrets: SecretState[];
  keys: KeyState[];
  calendar: CalendarEntry[];
}

/** What exists, in which phase it is, what hangs on which key, and what ends when: by the files alone. */
export function statusOf(
  tree: SourceTree,
  clusters: readonly string[],
  kinds: readonly RotationKind[],
): RotationStatus {
  const secrets = clusters.flatMap((cluster) =>
    kinds.flatMap((kind): SecretState[] => {
      const phase = phaseOf(kind, tree, cluster);
      if (!phase) return [];
      const underWay = readRotationFile(tree, cluster).underWay[kind.name];
      return [{ cluster, kind: kind.name, phase: phase.name, holds: phase.holds, ...(underWay ? { underWay } : {}) }];
    }),
  );
  return { secrets, keys: clusters.flatMap((one) => keysOf(tree, one)), calendar: calendarOf(tree, clusters) };
}

function keysOf(tree: SourceTree, cluster: string): KeyState[] {
  const path = `clusters/${cluster}/sealing.crt`;
  const pem = tree.read(path);
  // An expired one is still what the files are sealed to.
  const current = pem === undefined ? undefined : readSealingCertificate(path, pem, new Date(0)).fingerprint;
  const byKey = new Map<string, string[]>(current ? [[current, []]] : []);
  for (const { file, sealed } of sealedFiles(tree, cluster)) {
    const certificate = sealed.certificate ?? 'unknown';
    byKey.set(certificate, [...(byKey.get(certificate) ?? []), file]);
  }
  return [...byKey].map(([certificate, files]) => ({
    cluster,
    certificate,
    isCurrent: certificate === current,
    files,
  }));
}
