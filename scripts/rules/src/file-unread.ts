import { posix } from 'node:path';
import { isGenerated } from '../../generate/generated-file.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';

const KUSTOMIZATION =
  'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [config-map.yaml]\n';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n';

const unread: CodeInfo = {
  code: 'SRC012',
  slug: 'file-unread',
  severity: 'error',
  title: 'no build reads the file',
  why: 'The file looks like part of the deployment and is not: a policy in it protects nothing.',
  fix: 'List it in the kustomization of its folder, or delete it.',
  bad: {
    'overlays/demo/kustomization.yaml': KUSTOMIZATION,
    'overlays/demo/config-map.yaml': CONFIG_MAP,
    'overlays/demo/peer-authentication.yaml': CONFIG_MAP.replace('settings', 'more-settings'),
  },
  good: { 'overlays/demo/kustomization.yaml': KUSTOMIZATION, 'overlays/demo/config-map.yaml': CONFIG_MAP },
};

/** Where every file is part of a build; what Argo CD reads is its own matter. */
const BUILT = /^(base|overlays|clusters)\//;
/** Files that the pipeline itself reads. */
const PIPELINE_FILES = /^(base\/access\.yaml|clusters\/[^/]+\/(cacerts|cluster|rotation)\.yaml)$/;

/**
 * Every YAML file under base, overlays and clusters is read by a build or by the pipeline; leftovers of generation have a code of
 * their own. Of a folder that nobody lists one finding is enough, and where its kustomization is broken that finding is the cause.
 */
export const fileUnreadRule: SourceRule = {
  codes: [unread],
  *check({ repository }) {
    const read = new Set(repository.layers.flatMap((layer) => layer.reads));
    const broken = new Set(repository.layers.filter(({ problems }) => problems.length > 0).map(({ folder }) => folder));
    const listed = new Set(repository.layers.map(({ folder }) => folder));
    const isUnread = ({ path, text }: YamlFile) =>
      BUILT.test(path) && !read.has(path) && !PIPELINE_FILES.test(path) && !isGenerated(text);
    const unreadFiles = repository.files.filter(isUnread);
    const unreadFolders = new Set(
      unreadFiles.map(({ path }) => posix.dirname(path)).filter((folder) => !listed.has(folder)),
    );
    for (const folder of unreadFolders) {
      if (isBelow(posix.dirname(folder), unreadFolders) || isBelow(folder, broken)) continue;
      const inside = unreadFiles.filter(({ path }) => isBelow(path, new Set([folder])));
      const file =
        inside.find(({ path }) => posix.basename(path) === 'kustomization.yaml')?.path ?? inside[0]?.path ?? folder;
      const message =
        inside.length === 1 ? 'no target reads this file' : `no target reads this folder, with ${inside.length} files`;
      yield { code: unread, source: { file, line: 1, column: 1 }, message };
    }
    for (const { path } of unreadFiles) {
      const folder = posix.dirname(path);
      if (unreadFolders.has(folder) || isBelow(folder, unreadFolders) || isBelow(folder, broken)) continue;
      yield { code: unread, source: { file: path, line: 1, column: 1 }, message: 'no target reads this file' };
    }
  },
};

/** True when the path is one of the folders, or lies below one. */
function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  return folders.has(path) || (path.includes('/') && isBelow(posix.dirname(path), folders));
}
