import { nearest } from '../resources/nearest.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { didYouMean } from '../yaml/schema-words.ts';
import type { YamlIssue } from '../yaml/validate-yaml.ts';
import { positionAt, type YamlFile } from '../yaml/yaml-file.ts';
import { type ClusterRecord, FEDERATION_OVERLAY, type Rings } from './cluster-record.ts';

/** A record as far as it is valid. Its folder is always known: other records may name it. */
export interface Draft {
  file: YamlFile;
  folder: string;
  record: Partial<ClusterRecord>;
  /** Fields that are there and not valid: nothing follows from them, not even that they are missing. */
  unknown: ReadonlySet<string>;
}

export interface Conflict extends YamlIssue {
  fix?: string;
  /** File of the other record, where both have the same conflict. */
  with?: string;
}

type Report = (field: readonly (string | number)[], message: string, more?: Pick<Conflict, 'fix' | 'with'>) => void;

interface Surroundings {
  drafts: readonly Draft[];
  /** Absent where the file that lists them is not valid. */
  rings: Rings['rings'] | undefined;
  overlays: readonly string[];
  components: readonly string[];
}

/** What is wrong with records beside others and beside the repository; a mistake in one gives no conflict in its neighbours. */
export function conflictsOf(drafts: readonly Draft[], rings: Rings['rings'] | undefined, tree: SourceTree): Conflict[] {
  const folders = (parent: string) =>
    tree.list(parent).flatMap((path) => {
      const [folder, file, ...below] = path.slice(parent.length + 1).split('/');
      return folder && file === 'kustomization.yaml' && below.length === 0 ? [folder] : [];
    });
  const around = { drafts, rings, overlays: folders('overlays'), components: folders('overlays/components') };
  return drafts.flatMap((draft) => {
    const issues: Conflict[] = [];
    const root = draft.file.documents[0]?.contents ?? null;
    const report: Report = (field, message, more) => {
      const at = locate(root, field) ?? locate(root, []);
      if (at) issues.push({ source: positionAt(draft.file, rangeOf(at)), message, field, ...more });
    };
    clashes(draft, around, report);
    unknownNames(draft, around, report);
    failover(draft, around, report);
    return issues;
  });
}

/** `undefined` where it cannot be said: the overlay is not valid, or does not exist. */
function isMember({ record: { overlay } }: Draft, { overlays }: Surroundings): boolean | undefined {
  return overlay !== undefined && overlays.includes(overlay) ? overlay === FEDERATION_OVERLAY : undefined;
}

function clashes(draft: Draft, around: Surroundings, report: Report): void {
  const { record, folder } = draft;
  if (record.name !== undefined && record.name !== folder) {
    report(['name'], `\`name\` is ${record.name}, and the folder is ${folder}: they must be the same`, {
      fix: `Write \`${folder}\`, or rename the folder.`,
    });
  }
  const takenBy = (field: 'host' | 'network' | 'apiServer', others: readonly Draft[]) =>
    others.find((other) => other !== draft && record[field] !== undefined && other.record[field] === record[field])
      ?.file.path;
  const sameFolder = around.drafts.find((other) => other !== draft && other.folder === folder)?.file.path;
  if (sameFolder) report(['name'], `\`name\` ${folder} is also the name in ${sameFolder}`, { with: sameFolder });
  const sameHost = takenBy('host', around.drafts);
  if (sameHost) report(['host'], `\`host\` ${record.host} is also the host in ${sameHost}`, { with: sameHost });
  const sameServer = takenBy('apiServer', around.drafts);
  if (sameServer) {
    report(['apiServer'], `\`apiServer\` ${record.apiServer} is also the API server in ${sameServer}`, {
      with: sameServer,
    });
  }
  const members = around.drafts.filter((other) => isMember(other, around));
  const sameNetwork = members.includes(draft) && takenBy('network', members);
  if (sameNetwork) {
    report(
      ['network'],
      `\`network\` ${record.network} is also the network in ${sameNetwork}, and members of the federation reach each other by network`,
      { with: sameNetwork },
    );
  }
}

function unknownNames({ record }: Draft, { rings, overlays, components }: Surroundings, report: Report): void {
  const { overlay, ring } = record;
  if (overlay !== undefined && !overlays.includes(overlay)) {
    const meant = nearest(overlay, overlays);
    report(
      ['overlay'],
      `\`overlay\` ${overlay} does not exist: there is no overlays/${overlay}/kustomization.yaml${didYouMean(meant)}`,
      { fix: oneOf(overlays, `create overlays/${overlay}`) },
    );
  }
  const names = rings?.map(({ name }) => name);
  if (ring !== undefined && names && !names.includes(ring)) {
    const meant = didYouMean(nearest(ring, names));
    report(['ring'], `\`ring\` ${ring} is not in argocd/rings.yaml (${names.join(', ')})${meant}`, {
      fix: oneOf(names, 'add the ring to argocd/rings.yaml'),
    });
  }
  for (const [index, component] of (record.components ?? []).entries()) {
    if (components.includes(component)) continue;
    const path = `overlays/components/${component}`;
    const meant = didYouMean(nearest(component, components));
    report(
      ['components', index],
      `\`components\` names ${component}, and there is no ${path}/kustomization.yaml${meant}`,
      { fix: oneOf(components, `create ${path}`) },
    );
  }
  for (const [workload, { min, max }] of Object.entries(record.autoscaling ?? {})) {
    if (min > max) {
      report(['autoscaling', workload], `\`autoscaling.${workload}\` has min ${min} above max ${max}`, {
        fix: 'Make `min` at most `max`.',
      });
    }
  }
}

/** Regional failover needs another region to fail over to (Istio: `from` and `to` must differ). */
function failover(draft: Draft, around: Surroundings, report: Report): void {
  const { record, unknown, folder } = draft;
  const member = isMember(draft, around);
  if (member === undefined || unknown.has('failover')) return;
  const peers = around.drafts.filter((other) => other !== draft && isMember(other, around) !== false);
  const names = peers.map((peer) => peer.folder);
  const { failover: name } = record;
  if (!member) {
    if (name)
      report(['failover'], `\`failover\` is for clusters of the overlay ${FEDERATION_OVERLAY} only`, {
        fix: `Remove the field, or use the overlay ${FEDERATION_OVERLAY}.`,
      });
  } else if (!name) {
    if (peers.some((peer) => isMember(peer, around)))
      report(['failover'], '`failover` is missing: name the member of the federation that takes over', {
        fix: oneOf(names),
      });
  } else if (name !== folder && !names.includes(name)) {
    const meant = didYouMean(nearest(name, names));
    report(['failover'], `\`failover\` ${name} is not a member of the federation${meant}`, { fix: oneOf(names) });
  } else {
    const region = name === folder ? record.region : peers.find((peer) => peer.folder === name)?.record.region;
    if (region !== undefined && region === record.region)
      report(['failover'], `\`failover\` ${name} is in the same region, ${region}`, {
        fix: 'Name a member of the federation in another region.',
      });
  }
}

function oneOf(names: readonly string[], otherwise?: string): string {
  const known = names.length > 0 ? `Use one of ${names.join(', ')}` : 'Remove the field';
  return `${known}${otherwise ? `, or ${otherwise}` : ''}.`;
}
