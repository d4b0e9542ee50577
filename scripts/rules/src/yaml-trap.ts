import { type Document, Scalar, visit } from 'yaml';
import { positionAt, type YamlFile } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceProblem, SourceRule } from '../rule.ts';

const KUSTOMIZATION =
  'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [config-map.yaml]\n';
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n';

const trap: CodeInfo = {
  code: 'SRC004',
  slug: 'yaml-trap',
  severity: 'error',
  title: 'a value means different things to different YAML readers',
  why: 'YAML 1.1 and 1.2 disagree about it: a bare `yes` is a boolean to one reader and text to the next, `0440` is octal or decimal, and an invisible character is part of the value. kustomize, kubectl, Argo CD and editors do not all use the same version.',
  fix: 'Write `true` or `false`, quote text, write numbers in decimal, and remove invisible characters.',
  bad: {
    'overlays/demo/kustomization.yaml': KUSTOMIZATION,
    'overlays/demo/config-map.yaml': `${CONFIG_MAP}immutable: yes\n`,
  },
  good: {
    'overlays/demo/kustomization.yaml': KUSTOMIZATION,
    'overlays/demo/config-map.yaml': `${CONFIG_MAP}data:\n  ANSWER: "yes"\n`,
  },
};

const YAML_11_BOOLEAN = /^(y|yes|n|no|on|off)$/i;
const OLD_OCTAL = /^[+-]?0[0-7]+$/;
const SEXAGESIMAL = /^[+-]?[1-9][0-9]*(:[0-5]?[0-9])+$/;
/** No-break space, soft hyphen, zero-width characters, directional marks, a byte order mark that is not the first character. */
const INVISIBLE = /[\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069]|(?<=[\s\S])\ufeff/u;

/** Plain scalars that YAML 1.1 readers (gopkg.in/yaml.v2, sigs.k8s.io/yaml) and YAML 1.2 readers resolve differently. */
export const yamlTrapRule: SourceRule = {
  codes: [trap],
  check: ({ repository }) => yamlTraps(repository.files),
};

export function* yamlTraps(files: readonly YamlFile[]): Generator<SourceProblem> {
  for (const file of files) {
    const invisible = INVISIBLE.exec(file.text);
    if (invisible) {
      const name = `U+${(invisible[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
      yield {
        code: trap,
        source: positionAt(file, [invisible.index, invisible.index + 1]),
        message: `invisible character ${name}`,
      };
    }
    for (const scalar of file.documents.flatMap(plainScalars)) {
      const reading = otherReading(scalar.source);
      if (reading)
        yield {
          code: trap,
          source: positionAt(file, [scalar.range[0], scalar.range[1]]),
          message: `\`${scalar.source}\` without quotes is ${reading}`,
        };
    }
  }
}

function plainScalars(document: Document.Parsed): Scalar.Parsed[] {
  const found: Scalar.Parsed[] = [];
  visit(document, {
    Scalar(_, node) {
      if (node.type === Scalar.PLAIN) found.push(node as Scalar.Parsed);
    },
  });
  return found;
}

function otherReading(text: string): string | undefined {
  if (YAML_11_BOOLEAN.test(text)) return 'a boolean to YAML 1.1 and text to YAML 1.2';
  if (OLD_OCTAL.test(text))
    return `octal ${Number.parseInt(text, 8)} to YAML 1.1 and decimal ${Number(text)} to YAML 1.2`;
  return SEXAGESIMAL.test(text) ? 'a number to base 60 in YAML 1.1 and text in YAML 1.2' : undefined;
}
