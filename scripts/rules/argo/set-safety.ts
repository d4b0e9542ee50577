import { type DeliveredSet, type Delivery, specOf } from '../../argo/delivery.ts';
import { RESOURCES_FINALIZER } from '../../argo/expand-set.ts';
import { recordOf, textsOf } from '../../resources/fields.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { applicationSet } from './example.ts';

const STRICT = '  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n';
const guarded = (policy: string) =>
  applicationSet({ head: `${STRICT}  syncPolicy: { ${policy} }\n`, elements: '[{ name: web-prod }]' });

const unguarded: CodeInfo = {
  code: 'ARGO015',
  slug: 'application-set-unguarded',
  severity: 'error',
  title: 'a set of production Applications may delete them',
  why: 'When a generator yields less than before, by a mistake or by a fault of Argo CD, the set deletes the Applications that are missing, and they delete what they had deployed. That has deleted fleets.',
  fix: 'Under `syncPolicy`: `applicationsSync: create-update` and `preserveResourcesOnDeletion: true`, and no resources-finalizer in the template. An Application is then removed by hand.',
  bad: guarded('applicationsSync: sync, preserveResourcesOnDeletion: true'),
  good: guarded('applicationsSync: create-update, preserveResourcesOnDeletion: true'),
};

const lenient: CodeInfo = {
  code: 'ARGO016',
  slug: 'template-lenient',
  severity: 'error',
  title: 'a template does not fail on a parameter that is missing',
  why: 'Without missingkey=error a missing parameter becomes the text `<no value>`, and without `goTemplate` its tag stays: an Application with such a path, revision or namespace is deployed.',
  fix: 'Set `goTemplate: true` and `goTemplateOptions: [missingkey=error]`.',
  bad: applicationSet({ head: '  goTemplate: true\n' }),
  good: applicationSet(),
};

const templated: CodeInfo = {
  code: 'ARGO017',
  slug: 'template-project',
  severity: 'error',
  title: 'the project of a template is not a fixed name',
  why: 'Whoever can write what the generator reads chooses the project, and with it the rights: also `default`, which may do everything.',
  fix: 'Write the name of the project. Where Applications need different projects, use a set for each.',
  bad: applicationSet({ elements: '[{ name: web, project: demo }]', project: '{{.project}}' }),
  good: applicationSet({ elements: '[{ name: web, project: demo }]' }),
};

/** `prod` as a word of a name, a path or a label. */
const PRODUCTION = /(?:^|[^a-z])prod(?:uction)?(?:$|[^a-z])/i;

/** How a set treats what it makes. */
export const setSafetyRule: DeliveryRule = {
  codes: [unguarded, lenient, templated],
  *check({ sets }: Delivery): Generator<SourceProblem> {
    for (const set of sets) {
      const { goTemplate, goTemplateOptions, template } = specOf(set);
      const project = recordOf(recordOf(template)['spec'])['project'];
      if (goTemplate !== true) {
        yield {
          code: lenient,
          source: set.placeOf(['spec', 'goTemplate']),
          message: 'the templates are not Go templates',
        };
      } else if (
        textsOf(goTemplateOptions).findLast((option) => option.startsWith('missingkey=')) !== 'missingkey=error'
      ) {
        const message = '`goTemplateOptions` does not have `missingkey=error`';
        yield { code: lenient, source: set.placeOf(['spec', 'goTemplateOptions']), message };
      }
      if (typeof project === 'string' && project.includes('{{')) {
        yield {
          code: templated,
          source: set.placeOf(['spec', 'template', 'spec', 'project']),
          message: `the project is \`${project}\``,
        };
      }
      yield* missingGuards(set);
    }
  },
};

function* missingGuards(set: DeliveredSet): Generator<SourceProblem> {
  const production = set.expansion.applications.find(({ metadata, spec }) => {
    const { destination, source } = recordOf(spec);
    return PRODUCTION.test(JSON.stringify([metadata.name, metadata.labels, destination, recordOf(source)['path']]));
  });
  if (!production) return;
  const { applicationsSync, preserveResourcesOnDeletion } = recordOf(specOf(set)['syncPolicy']);
  const problem = (path: readonly string[], what: string): SourceProblem => ({
    code: unguarded,
    source: set.placeOf(path),
    message: `${what}, and the set makes \`${production.metadata.name}\``,
  });
  if (applicationsSync !== 'create-update' && applicationsSync !== 'create-only') {
    yield problem(
      ['spec', 'syncPolicy', 'applicationsSync'],
      `\`applicationsSync\` is ${String(applicationsSync ?? 'not set')}`,
    );
  }
  if (preserveResourcesOnDeletion !== true) {
    yield problem(['spec', 'syncPolicy', 'preserveResourcesOnDeletion'], '`preserveResourcesOnDeletion` is not true');
  }
  if (preserveResourcesOnDeletion === true && production.metadata['finalizers'] !== undefined) {
    const finalizers = textsOf(production.metadata['finalizers']);
    if (finalizers.some((name) => name.startsWith(RESOURCES_FINALIZER))) {
      yield problem(['spec', 'template', 'metadata', 'finalizers'], 'the template has the resources-finalizer');
    }
  }
}
