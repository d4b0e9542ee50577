import type { LayerProblemKind } from '../../sources/layer-problem.ts';
import { positionAt } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n';
const GOOD = {
  'overlays/demo/kustomization.yaml': `${HEAD}resources: [config-map.yaml]\n`,
  'overlays/demo/config-map.yaml': CONFIG_MAP,
};

function demo(kustomization: string): Record<string, string> {
  return { ...GOOD, 'overlays/demo/kustomization.yaml': `${HEAD}${kustomization}` };
}

const unknownField: CodeInfo = {
  code: 'SRC005',
  slug: 'kustomization-field-unknown',
  severity: 'error',
  title: 'kustomization has a field that kustomize does not know',
  why: 'kustomize refuses the file without a line number, or, inside lists, drops the field in silence.',
  fix: 'Correct the name of the field, or remove it.',
  bad: demo('resources: [config-map.yaml]\nlabel: []\n'),
  good: GOOD,
};

const deprecatedField: CodeInfo = {
  code: 'SRC006',
  slug: 'kustomization-field-deprecated',
  severity: 'error',
  title: 'kustomization uses a field that has been replaced',
  why: 'The old field still works today, some of them differently from what replaced it, and will be removed with the next API version of kustomize.',
  fix: 'Use the field that replaced it (`kustomize edit fix` does most of it).',
  bad: demo('bases: []\nresources: [config-map.yaml]\n'),
  good: GOOD,
};

const wrongValue: CodeInfo = {
  code: 'SRC007',
  slug: 'kustomization-value-wrong',
  severity: 'error',
  title: 'kustomization has a value of the wrong type',
  why: 'kustomize refuses the file; a tag such as 1.10 without quotes is a number and loses its last digit.',
  fix: 'Give the value the type that kustomize expects; quote tags and labels.',
  bad: demo('resources: [config-map.yaml]\nimages: [{name: app, newTag: 1.10}]\n'),
  good: demo('resources: [config-map.yaml]\nimages: [{name: app, newTag: "1.10"}]\n'),
};

const missing: CodeInfo = {
  code: 'SRC008',
  slug: 'build-file-missing',
  severity: 'error',
  title: 'kustomization names a file or folder that does not exist',
  why: 'The build fails, and with it the sync of every cluster that uses it.',
  fix: 'Correct the path (it is relative to the kustomization), or remove the line.',
  bad: demo('resources: [config-map.yaml, service.yaml]\n'),
  good: GOOD,
};

const remote: CodeInfo = {
  code: 'SRC009',
  slug: 'build-file-remote',
  severity: 'error',
  title: 'kustomization loads something from the network',
  why: 'What is deployed would change without a commit here, and nobody has reviewed it. Builds and checks must work offline.',
  fix: 'Copy the manifests into this repository, or let Argo CD take them as a source of their own at a pinned revision.',
  bad: demo('resources: [config-map.yaml, "https://example.com/app//base?ref=main"]\n'),
  good: GOOD,
};

const outside: CodeInfo = {
  code: 'SRC010',
  slug: 'build-file-outside',
  severity: 'error',
  title: 'kustomization reaches out of the repository',
  why: 'The build would read files of the machine it runs on, so the result is not what was reviewed; in Argo CD it is a way to read files of the repo-server.',
  fix: 'Move the file into the repository; symbolic links must stay inside too.',
  bad: demo('resources: [config-map.yaml, ../../../elsewhere]\n'),
  good: GOOD,
};

const cycle: CodeInfo = {
  code: 'SRC011',
  slug: 'build-cycle',
  severity: 'error',
  title: 'kustomizations include each other',
  why: 'Such a build has no end; kustomize refuses it.',
  fix: 'Remove one of the references; move what both need into a base of its own.',
  bad: demo('resources: [config-map.yaml, ../demo]\n'),
  good: GOOD,
};

const ambiguous: CodeInfo = {
  code: 'SRC019',
  slug: 'kustomization-ambiguous',
  severity: 'error',
  title: 'folder has two kustomizations',
  why: 'kustomize refuses the folder, and no reader can tell which of the two counts.',
  fix: 'Keep `kustomization.yaml` and delete the other.',
  bad: { ...GOOD, 'overlays/demo/Kustomization': `${HEAD}resources: []\n` },
  good: GOOD,
};

const CODES: Record<LayerProblemKind, CodeInfo> = {
  'unknown-field': unknownField,
  'deprecated-field': deprecatedField,
  'wrong-value': wrongValue,
  missing,
  remote,
  outside,
  cycle,
  ambiguous,
};

/** What can be told from the kustomizations alone, before kustomize runs. */
export const kustomizationInvalidRule: SourceRule = {
  codes: Object.values(CODES),
  *check({ repository }) {
    for (const layer of repository.layers) {
      for (const { kind, file, range, message } of layer.problems) {
        yield { code: CODES[kind], source: positionAt(file, range), message };
      }
    }
  },
};
