import { type Delivery, nameOf, projectOf } from '../../argo/delivery.ts';
import { isArgo } from '../../argo/manifest-delivery.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { applicationSet } from './example.ts';

const inDefault: CodeInfo = {
  code: 'ARGO018',
  slug: 'project-default',
  severity: 'error',
  title: 'an Application is in project `default`',
  why: '`default` allows every repository, cluster, namespace and kind: whoever changes the Application owns the clusters, and Argo CD itself. Only the root Application needs it, since it makes the projects.',
  fix: 'Put it in a project that allows no more than it needs.',
  bad: applicationSet({ project: 'default' }),
  good: applicationSet(),
};

/** Nothing is in project `default` but what brings Applications and projects. */
export const defaultProjectRule: DeliveryRule = {
  codes: [inDefault],
  *check({ applications }: Delivery): Generator<SourceProblem> {
    for (const one of applications) {
      if (projectOf(one) !== 'default') continue;
      const { yields } = one;
      const isRoot =
        one.parent === undefined && (yields.kind !== 'objects' || yields.objects.some(({ value }) => isArgo(value)));
      if (!isRoot) {
        yield {
          code: inDefault,
          source: one.placeOf(['spec', 'project']),
          message: `\`${nameOf(one)}\` is in project \`default\``,
        };
      }
    }
  },
};
