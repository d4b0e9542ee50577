import type { SourcePosition } from '../../findings/finding.ts';
import { layersOf } from '../../sources/repository.ts';
import type { CodeInfo, SourceContext, SourceRule } from '../rule.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n';
const GOOD = {
  'overlays/demo/kustomization.yaml': `${HEAD}resources: [config-map.yaml]\n`,
  'overlays/demo/config-map.yaml': CONFIG_MAP,
};

const empty: CodeInfo = {
  code: 'SRC016',
  slug: 'render-empty',
  severity: 'error',
  title: 'target renders no object',
  why: 'An empty target with pruning on deletes everything that the cluster runs.',
  fix: 'List at least one resource; delete the folder when nothing is to be deployed.',
  bad: { 'overlays/demo/kustomization.yaml': `${HEAD}resources: []\n` },
  good: GOOD,
};

const failed: CodeInfo = {
  code: 'SRC017',
  slug: 'render-failed',
  severity: 'error',
  title: 'kustomize cannot build the target',
  why: 'Argo CD runs the same build: the cluster would stay at the last good revision and stop following main.',
  fix: 'The message is that of kustomize; correct what it names.',
  bad: {
    ...GOOD,
    'overlays/demo/kustomization.yaml': `${HEAD}resources: [config-map.yaml, more.yaml]\n`,
    'overlays/demo/more.yaml': CONFIG_MAP,
  },
  good: {
    ...GOOD,
    'overlays/demo/kustomization.yaml': `${HEAD}resources: [config-map.yaml, more.yaml]\n`,
    'overlays/demo/more.yaml': CONFIG_MAP.replace('settings', 'more'),
  },
};

/** What kustomize makes of each target. */
export const renderResultRule: SourceRule = {
  codes: [empty, failed],
  *check(context) {
    for (const { name, layer } of context.repository.targets) {
      // An overlay that fails takes every cluster that extends it along: one defect, told once, at the innermost place.
      const cause = layersOf(layer).find(({ folder }) => context.failureOf(folder) !== undefined);
      const target = { target: name };
      if (cause) {
        const failure = context.failureOf(cause.folder) ?? '';
        yield {
          code: failed,
          source: placeOf(failure, cause.file.path, context),
          message: shorten(failure),
          ...target,
        };
      } else if (context.objectsOf(name)?.length === 0) {
        const source = { file: layer.file.path, line: 1, column: 1 };
        yield { code: empty, source, message: 'the build succeeds and yields nothing', ...target };
      }
    }
  },
};

/** kustomize names files without lines; the last one that it names is the innermost. */
function placeOf(failure: string, fallback: string, { repository }: SourceContext): SourcePosition {
  const named = repository.layers
    .flatMap((layer) => layer.reads)
    .map((path) => ({ path, at: failure.lastIndexOf(path) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => b.at - a.at);
  return { file: named[0]?.path ?? fallback, line: 1, column: 1 };
}

function shorten(failure: string): string {
  const text = failure.replace(/^Error: /, '').replaceAll(/\s+/g, ' ');
  return text.length > 600 ? `${text.slice(0, 600)} ...` : text;
}
