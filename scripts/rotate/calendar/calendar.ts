import type { X509Certificate } from 'node:crypto';
import { certificatesIn } from '../../secrets/pem.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { SESSION_DAYS } from '../kinds/session.ts';
import { readRotationFile } from '../rotation-file.ts';
import { sealedFiles } from '../sealed-files.ts';

/** A day on which something has to be done by. */
export interface CalendarEntry {
  cluster: string;
  /** What ends, or can go. */
  what: string;
  kind: 'certificate' | 'sealing key' | 'retirement';
  /** When a certificate begins. */
  since?: Date;
  /** When a certificate ends, or from when a retired secret can go. */
  at: Date;
  file: string;
  /** Command that renews it or takes the step. */
  command: string;
}

const DAY_MS = 86_400_000;

/** Which rotation renews the certificates of a Secret. A root is told apart from the intermediate by being its own issuer. */
const KINDS: Readonly<Record<string, string>> = { cacerts: 'mesh-intermediate', 'ai-spm-tls': 'gateway-tls' };

/** Everything in the files of some clusters that ends, soonest first. Every certificate of a bundle counts, not only its first. */
export function calendarOf(tree: SourceTree, clusters: readonly string[]): CalendarEntry[] {
  return clusters
    .flatMap((cluster) => [...sealingKey(tree, cluster), ...certificates(tree, cluster), ...retirements(tree, cluster)])
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

function sealingKey(tree: SourceTree, cluster: string): CalendarEntry[] {
  const file = `clusters/${cluster}/sealing.crt`;
  return certificatesIn(tree.read(file) ?? '').map((certificate) => ({
    cluster,
    what: 'the certificate that secrets are sealed to',
    kind: 'sealing key',
    since: new Date(certificate.validFrom),
    at: new Date(certificate.validTo),
    file,
    command: `npm run rotate -- apply sealing-key --cluster ${cluster}`,
  }));
}

function certificates(tree: SourceTree, cluster: string): CalendarEntry[] {
  return sealedFiles(tree, cluster).flatMap(({ file, sealed }) => {
    const seen = new Map<string, X509Certificate>();
    for (const text of Object.values(sealed.open))
      for (const certificate of certificatesIn(text)) seen.set(certificate.fingerprint256, certificate);
    return [...seen.values()].map((certificate) => {
      const isRoot = certificate.ca && certificate.subject === certificate.issuer;
      const kind = isRoot ? 'mesh-root' : (KINDS[sealed.name] ?? 'gateway-tls');
      return {
        cluster,
        what: `${isRoot ? 'root ' : ''}certificate ${certificate.subject.replaceAll('\n', ', ')} of ${sealed.namespace}/${sealed.name}`,
        kind: 'certificate' as const,
        since: new Date(certificate.validFrom),
        at: new Date(certificate.validTo),
        file,
        command: `npm run rotate -- apply ${kind} --cluster ${cluster}`,
      };
    });
  });
}

/** Old values that can go once nothing made with them can be alive. */
function retirements(tree: SourceTree, cluster: string): CalendarEntry[] {
  const { underWay, inUse } = readRotationFile(tree, cluster);
  const { session } = underWay;
  if (session?.phase !== 'signing' || !inUse.session.accepted) return [];
  return [
    {
      cluster,
      what: `the old session secret ${inUse.session.accepted} can go`,
      kind: 'retirement',
      at: new Date(Date.parse(session.since) + SESSION_DAYS * DAY_MS),
      file: `clusters/${cluster}/rotation.yaml`,
      command: `npm run rotate -- apply session --cluster ${cluster}`,
    },
  ];
}
