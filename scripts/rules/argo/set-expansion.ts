import type { Delivery } from '../../argo/delivery.ts';
import type { Refusal } from '../../argo/expansion-error.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { applicationSet } from './example.ts';

const invalid: CodeInfo = {
  code: 'ARGO001',
  slug: 'application-set-refused',
  severity: 'error',
  title: 'Argo CD refuses the ApplicationSet',
  why: 'Argo CD makes all Applications of a set or none: nothing of it is created or changed any more, and only a condition of the set says so.',
  fix: 'Correct what the message names; it is what Argo CD 3.2 to 3.5 would stumble on.',
  bad: applicationSet({ name: '{{ trunc .name 5 }}' }),
  good: applicationSet({ name: '{{ trunc 5 .name }}' }),
};

const missingKey: CodeInfo = {
  code: 'ARGO002',
  slug: 'template-key-missing',
  severity: 'error',
  title: 'a template asks for a parameter that a generator does not have',
  why: 'With missingkey=error Argo CD makes no Application of the set at all, for none of its rows.',
  fix: 'Correct the name, or add the key to every element or file that the generator reads; `{{ dig "key" "default" . }}` has a default.',
  bad: applicationSet({ elements: '[{ name: web, region: eu }, { name: api }]', name: '{{.name}}-{{.region}}' }),
  good: applicationSet({
    elements: '[{ name: web, region: eu }, { name: api, region: us }]',
    name: '{{.name}}-{{.region}}',
  }),
};

const unsupported: CodeInfo = {
  code: 'ARGO003',
  slug: 'application-set-unknown',
  severity: 'warning',
  title: 'what it makes cannot be known from the files',
  why: 'What this part makes is asked of other systems, or is random, or is no feature that this program knows. It is not guessed, so nothing of what follows from it was checked.',
  fix: 'Use a generator over git (list, git, clusters, matrix, merge), a template function with one result, or check its result by hand.',
  bad: applicationSet({ name: '{{.name}}-{{ randAlpha 5 | lower }}' }),
  good: applicationSet({ name: '{{.name}}-{{ trunc 5 .name | lower }}' }),
};

const empty: CodeInfo = {
  code: 'ARGO004',
  slug: 'application-set-empty',
  severity: 'error',
  title: 'an ApplicationSet makes no Application',
  why: 'A generator that yields nothing has deleted fleets: unless the sync policy of the set holds Argo CD back, it removes every Application that the set had made.',
  fix: 'Does the pattern of the generator match any file, its selector any cluster? Delete the set when nothing is to be deployed.',
  bad: applicationSet({
    generators: '    - list: { elements: [{ name: web }] }\n      selector: { matchLabels: { name: wep } }\n',
  }),
  good: applicationSet({
    generators: '    - list: { elements: [{ name: web }] }\n      selector: { matchLabels: { name: web } }\n',
  }),
};

const CODES: Readonly<Record<Refusal, CodeInfo>> = { refused: invalid, 'missing-key': missingKey, unsupported };

/** Whether a set can be expanded, and to something. */
export const setExpansionRule: DeliveryRule = {
  codes: [invalid, missingKey, unsupported, empty],
  *check({ sets, applications }: Delivery): Generator<SourceProblem> {
    for (const set of sets) {
      const { error, applications: made } = set.expansion;
      if (error) yield { code: CODES[error.refusal], source: set.placeOf(error.path), message: error.message };
      else if (made.length === 0) {
        const message = `\`${set.value.metadata.name}\` makes no Application: its generators yield nothing`;
        yield { code: empty, source: set.placeOf(['spec', 'generators']), message };
      }
    }
    for (const { yields, placeOf } of applications) {
      if (yields.kind === 'unsupported')
        yield { code: unsupported, source: placeOf(yields.path), message: `the effect of ${yields.reason}` };
    }
  },
};
