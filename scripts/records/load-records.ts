import type { SourceTree } from '../system/source-tree.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { validateYaml, type YamlIssue } from '../yaml/validate-yaml.ts';
import { parseYaml, positionAt, type YamlFile } from '../yaml/yaml-file.ts';
import {
  type ClusterRecord,
  clusterRecordSchema,
  FEDERATION_OVERLAY,
  type Rings,
  ringsSchema,
} from './cluster-record.ts';

export interface LoadedRecord {
  file: YamlFile;
  record: ClusterRecord;
}

export interface LoadedRecords {
  records: readonly LoadedRecord[];
  rings: Rings['rings'];
  /** Records that are wrong by themselves. */
  invalid: readonly YamlIssue[];
  /** Records that are fine alone and clash with each other or with the rest of the repository. */
  conflicts: readonly YamlIssue[];
}

export const RINGS_FILE = 'argocd/rings.yaml';

/** Reads all cluster records and checks each alone and all together; reports everything that is wrong at once. */
export function loadRecords(tree: SourceTree): LoadedRecords {
  const paths = tree.list('clusters').filter((path) => /^clusters\/[^/]+\/cluster\.ya?ml$/.test(path));
  const invalid: YamlIssue[] = [];
  const records = paths.flatMap((path): LoadedRecord[] => {
    const file = parseYaml(path, tree.read(path) ?? '');
    const { value, issues } = validateYaml(file, clusterRecordSchema);
    invalid.push(...issues);
    return value ? [{ file, record: value }] : [];
  });
  const ringsFile = parseYaml(RINGS_FILE, tree.read(RINGS_FILE) ?? '');
  const rings =
    paths.length > 0 || tree.kind(RINGS_FILE) === 'file'
      ? validateYaml(ringsFile, ringsSchema)
      : { value: { rings: [] }, issues: [] };
  invalid.push(...rings.issues);
  const known = rings.value?.rings ?? [];
  return { records, rings: known, invalid, conflicts: rings.value ? conflictsOf(records, known, tree) : [] };
}

function conflictsOf(records: readonly LoadedRecord[], rings: Rings['rings'], tree: SourceTree): YamlIssue[] {
  const issues: YamlIssue[] = [];
  const report = (
    { file }: LoadedRecord,
    field: keyof ClusterRecord | [keyof ClusterRecord, string | number],
    message: string,
  ) => {
    const at =
      locate(file.documents[0]?.contents ?? null, [field].flat()) ?? locate(file.documents[0]?.contents ?? null, []);
    if (at) issues.push({ source: positionAt(file, rangeOf(at)), message });
  };
  const isMember = (loaded: LoadedRecord) => loaded.record.overlay === FEDERATION_OVERLAY;
  const takenBy = (loaded: LoadedRecord, field: 'name' | 'host' | 'network', others: readonly LoadedRecord[]) =>
    others.find((other) => other !== loaded && other.record[field] === loaded.record[field]);

  for (const loaded of records) {
    const { record, file } = loaded;
    const folder = file.path.split('/')[1] ?? '';
    if (record.name !== folder)
      report(loaded, 'name', `\`name\` is ${record.name}, and the folder is ${folder}: they must be the same`);
    const sameName = takenBy(loaded, 'name', records);
    if (sameName) report(loaded, 'name', `\`name\` ${record.name} is also the name in ${sameName.file.path}`);
    const sameHost = takenBy(loaded, 'host', records);
    if (sameHost) report(loaded, 'host', `\`host\` ${record.host} is also the host in ${sameHost.file.path}`);
    const sameNetwork = isMember(loaded) && takenBy(loaded, 'network', records.filter(isMember));
    if (sameNetwork)
      report(
        loaded,
        'network',
        `\`network\` ${record.network} is also the network in ${sameNetwork.file.path}, and members of the federation reach each other by network`,
      );
    const overlay = `overlays/${record.overlay}`;
    if (tree.kind(`${overlay}/kustomization.yaml`) !== 'file')
      report(
        loaded,
        'overlay',
        `\`overlay\` ${record.overlay} does not exist: there is no ${overlay}/kustomization.yaml`,
      );
    if (!rings.some((ring) => ring.name === record.ring))
      report(
        loaded,
        'ring',
        `\`ring\` ${record.ring} is not in ${RINGS_FILE} (${rings.map((ring) => ring.name).join(', ')})`,
      );
    for (const [index, component] of (record.components ?? []).entries()) {
      const path = `overlays/components/${component}/kustomization.yaml`;
      if (tree.kind(path) !== 'file')
        report(loaded, ['components', index], `\`components\` names ${component}, and there is no ${path}`);
    }
    for (const [workload, { min, max }] of Object.entries(record.autoscaling ?? {})) {
      if (min > max)
        report(loaded, ['autoscaling', workload], `\`autoscaling.${workload}\` has min ${min} above max ${max}`);
    }
    failoverIssue(loaded, records.filter(isMember), isMember(loaded), (message) => report(loaded, 'failover', message));
  }
  return issues;
}

/** Regional failover needs another region to fail over to (Istio: `from` and `to` must differ). */
function failoverIssue(
  { record }: LoadedRecord,
  members: readonly LoadedRecord[],
  isMember: boolean,
  report: (message: string) => void,
): void {
  if (!isMember) {
    if (record.failover) report(`\`failover\` is for clusters of the overlay ${FEDERATION_OVERLAY} only`);
    return;
  }
  if (!record.failover) {
    if (members.length > 1) report('`failover` is missing: name the member of the federation that takes over');
    return;
  }
  const peer = members.find(({ record: other }) => other.name === record.failover);
  if (!peer) report(`\`failover\` ${record.failover} is not a member of the federation`);
  else if (peer.record.region === record.region)
    report(`\`failover\` ${record.failover} is in the same region, ${record.region}`);
}
