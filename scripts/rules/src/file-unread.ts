import { isGenerated } from '../../generate/generated-file.ts';
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

/** Files that the pipeline itself reads. */
const PIPELINE_FILES = /^(base\/access\.yaml|clusters\/[^/]+\/cluster\.yaml)$/;

/** Every YAML file under base, overlays and clusters is read by a build or by the pipeline; leftovers of generation have a code of their own. */
export const fileUnreadRule: SourceRule = {
  codes: [unread],
  *check({ repository }) {
    const read = new Set(repository.layers.flatMap((layer) => layer.reads));
    for (const { path, text } of repository.files) {
      if (read.has(path) || PIPELINE_FILES.test(path) || isGenerated(text)) continue;
      yield { code: unread, source: { file: path, line: 1, column: 1 }, message: 'no target reads this file' };
    }
  },
};
