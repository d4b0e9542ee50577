import { positionAt, type YamlFile, type YamlProblem } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceProblem, SourceRule } from '../rule.ts';

const KUSTOMIZATION =
  'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [config-map.yaml]\n';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  MODE: strict\n';

const syntax: CodeInfo = {
  code: 'SRC001',
  slug: 'yaml-syntax',
  severity: 'error',
  title: 'file is not valid YAML',
  why: 'No build can read the file, so no target that uses it can be rendered.',
  fix: 'Correct the YAML at the place shown; indentation is made of spaces, never of tabs.',
  bad: {
    'overlays/demo/kustomization.yaml': KUSTOMIZATION,
    'overlays/demo/config-map.yaml': CONFIG_MAP.replace('  MODE: strict', '\tMODE: strict'),
  },
  good: { 'overlays/demo/kustomization.yaml': KUSTOMIZATION, 'overlays/demo/config-map.yaml': CONFIG_MAP },
};

const duplicateKey: CodeInfo = {
  code: 'SRC002',
  slug: 'yaml-duplicate-key',
  severity: 'error',
  title: 'a key stands twice in one map',
  why: 'kustomize keeps one of the two without a word: in a patch the first, in a kustomization the last. `resources` given twice renders nothing, and Argo CD then prunes everything.',
  fix: 'Keep one of the two keys.',
  bad: {
    'overlays/demo/kustomization.yaml': `${KUSTOMIZATION}labels: []\nlabels: []\n`,
    'overlays/demo/config-map.yaml': CONFIG_MAP,
  },
  good: {
    'overlays/demo/kustomization.yaml': `${KUSTOMIZATION}labels: []\n`,
    'overlays/demo/config-map.yaml': `${CONFIG_MAP}  mode: strict\n`,
  },
};

const hostile: CodeInfo = {
  code: 'SRC003',
  slug: 'yaml-hostile',
  severity: 'error',
  title: 'file is too large, nested too deeply, or its aliases expand without measure',
  why: 'Such a file can exhaust the memory of every program that reads it: this check, kustomize, and the repo-server of Argo CD.',
  fix: 'Write the values out, without aliases, in files of an ordinary size.',
  bad: {
    'overlays/demo/kustomization.yaml': KUSTOMIZATION,
    'overlays/demo/config-map.yaml': `${CONFIG_MAP}x-a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
x-b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
x-c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
x-d: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
`,
  },
  good: {
    'overlays/demo/kustomization.yaml': KUSTOMIZATION,
    'overlays/demo/config-map.yaml': `${CONFIG_MAP}  A: &a one\n  B: *a\n`,
  },
};

const CODES: Record<YamlProblem['kind'], CodeInfo> = { syntax, 'duplicate-key': duplicateKey, hostile };

/** Every file must parse, the same way for every reader. */
export const yamlInvalidRule: SourceRule = {
  codes: [syntax, duplicateKey, hostile],
  check: ({ repository }) => {
    const inlinePatches = repository.layers.flatMap((layer) =>
      layer.patches.map(({ file }) => file).filter(({ within }) => within),
    );
    return invalidYaml([...repository.files, ...inlinePatches]);
  },
};

export function* invalidYaml(files: readonly YamlFile[]): Generator<SourceProblem> {
  for (const file of files) {
    for (const { kind, message, range } of file.problems) {
      yield { code: CODES[kind], source: positionAt(file, range), message: lowerFirst(message) };
    }
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
