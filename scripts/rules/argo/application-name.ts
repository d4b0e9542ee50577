import { type Delivery, nameOf } from '../../argo/delivery.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { applicationSet } from './example.ts';

const duplicate: CodeInfo = {
  code: 'ARGO005',
  slug: 'application-name-duplicate',
  severity: 'error',
  title: 'two Applications have the same name',
  why: 'The later one takes the place of the other, or both fight over it; with pruning, what the other had deployed is deleted.',
  fix: 'Put what tells them apart into the name: that of the cluster, or of the part.',
  bad: applicationSet({ elements: '[{ name: web, region: eu }, { name: web, region: us }]' }),
  good: applicationSet({
    elements: '[{ name: web, region: eu }, { name: web, region: us }]',
    name: '{{.name}}-{{.region}}',
  }),
};

const invalid: CodeInfo = {
  code: 'ARGO006',
  slug: 'application-name-invalid',
  severity: 'error',
  title: 'an Application has a name that the API server refuses',
  why: 'A name is a DNS name: at most 253 of a-z, 0-9, `-` and `.`, with a letter or digit at both ends. Argo CD reports the refusal in the status of the set, and nothing is deployed.',
  fix: '`{{ normalize .name }}` makes a DNS name of any text.',
  bad: applicationSet({ elements: '[{ name: Web_1 }]' }),
  good: applicationSet({ elements: '[{ name: Web_1 }]', name: '{{ normalize .name }}' }),
};

/** RFC 1123 subdomain. */
const DNS_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Names of Applications, over all that make them. */
export const applicationNameRule: DeliveryRule = {
  codes: [duplicate, invalid],
  *check({ applications }: Delivery): Generator<SourceProblem> {
    const first = new Map<string, string>();
    for (const application of applications) {
      const name = nameOf(application);
      const source = application.placeOf(['metadata', 'name']);
      const maker = application.parent === undefined ? 'by hand' : `by \`${application.parent}\``;
      const key = `${application.value.metadata.namespace ?? ''}/${name}`;
      const other = first.get(key);
      if (other !== undefined)
        yield { code: duplicate, source, message: `\`${name}\` is made ${maker}, and was made ${other} already` };
      else first.set(key, maker);
      if (name.length > 253 || !DNS_NAME.test(name))
        yield { code: invalid, source, message: `the name ${JSON.stringify(name)}, made ${maker}, is no DNS name` };
    }
  },
};
