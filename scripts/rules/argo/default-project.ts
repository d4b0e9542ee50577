import { type DeliveredApplication, type Delivery, nameOf, projectOf } from '../../argo/delivery.ts';
import { isArgo } from '../../argo/manifest-delivery.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { applicationSet } from './example.ts';

const inDefault: CodeInfo = {
  code: 'ARGO018',
  slug: 'project-default',
  severity: 'error',
  title: 'an Application is in project `default`',
  why: '`default` allows every repository, cluster, namespace and kind: whoever changes the Application owns the clusters, and Argo CD itself. The root Application, which makes the projects, can have one of its own that is applied beside it.',
  fix: 'Put it in a project that allows no more than it needs.',
  bad: applicationSet({ project: 'default' }),
  good: applicationSet(),
};

/** Nothing is in project `default` but what brings Applications and projects. */
export const defaultProjectRule: DeliveryRule = {
  codes: [inDefault],
  *check({ applications, facts }: Delivery): Generator<SourceProblem> {
    // Of manifests that are handed in, nothing says what an Application brings.
    const isKnown = facts !== undefined;
    for (const one of applications) {
      if (projectOf(one) !== 'default' || (one.parent === undefined && mayBeRoot(one, isKnown))) continue;
      const message = `\`${nameOf(one)}\` is in project \`default\``;
      yield { code: inDefault, source: one.placeOf(['spec', 'project']), message };
    }
  },
};

/** It brings Applications, sets or projects. What could not be rendered is another finding (ARGO003, ARGO011). */
function mayBeRoot({ yields }: DeliveredApplication, isKnown: boolean): boolean {
  if (yields.kind === 'objects') return yields.objects.some(({ value }) => isArgo(value));
  return isKnown ? yields.kind === 'failed' || yields.kind === 'unsupported' : true;
}
