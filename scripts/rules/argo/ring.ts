import { type DeliveredSet, type Delivery, destinationOf, nameOf, sourcesOf } from '../../argo/delivery.ts';
import { entriesOf, recordOf } from '../../resources/fields.ts';
import type { KubeObject } from '../../resources/kube-object.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { applicationSet } from './example.ts';

const RING_LABEL = 'ai-spm.io/ring';

const steps = (values: string) => `  goTemplate: true
  goTemplateOptions: [missingkey=error]
  strategy:
    type: RollingSync
    rollingSync:
      steps:
        - matchExpressions: [{ key: tier, operator: In, values: [${values}] }]
`;
const labelled = (text: string) =>
  text.replace('metadata: { name: "{{.name}}" }', 'metadata: { name: "{{.name}}", labels: { tier: "{{.tier}}" } }');
const elements = '[{ name: web, tier: first }, { name: api, tier: rest }]';

const ring: CodeInfo = {
  code: 'ARGO013',
  slug: 'application-ring',
  severity: 'error',
  title: 'an Application is not in exactly one ring or step',
  why: 'Argo CD never syncs an Application that no step of a progressive sync takes, and one in two steps is synced with the first. One that follows another revision than its ring gets changes that were not proven before.',
  fix: 'Every Application needs the label of one step, or of the ring that the record of its cluster names, and the revision of that ring.',
  bad: labelled(applicationSet({ head: steps('first'), elements })),
  good: labelled(applicationSet({ head: steps('first, rest'), elements })),
};

/** Steps of progressive syncs, and the rings of this repository. */
export const ringRule: DeliveryRule = {
  codes: [ring],
  *check(delivery: Delivery): Generator<SourceProblem> {
    for (const set of delivery.sets) yield* unsteady(set);
    yield* outOfRing(delivery);
  },
};

/** Applications that no step takes, or more than one. */
function* unsteady(set: DeliveredSet): Generator<SourceProblem> {
  const strategy = recordOf(recordOf(set.value['spec'])['strategy']);
  if (strategy['type'] !== 'RollingSync') return;
  const all = entriesOf(recordOf(strategy['rollingSync'])['steps']);
  for (const application of set.expansion.applications) {
    const count = all.filter(({ value }) =>
      entriesOf(value['matchExpressions']).every((entry) => takes(entry.value, application)),
    ).length;
    if (count === 1) continue;
    const message = `\`${application.metadata.name}\` is in ${count === 0 ? 'no step' : `${count} steps`} of the progressive sync`;
    yield { code: ring, source: set.placeOf(['spec', 'strategy', 'rollingSync', 'steps']), message };
  }
}

/** Only `In` and `NotIn`, on labels of the Application (Argo CD, labelMatchedExpression). */
function takes({ key, operator, values }: Record<string, unknown>, { metadata }: KubeObject): boolean {
  const value = metadata.labels?.[String(key)];
  const isListed = value !== undefined && Array.isArray(values) && values.includes(value);
  return operator === 'In' ? isListed : operator === 'NotIn' ? !isListed : false;
}

/** Applications for a cluster of this repository that do not follow the revision of a ring. */
function* outOfRing({ applications, rings, facts }: Delivery): Generator<SourceProblem> {
  if (rings.size === 0) return;
  for (const one of applications) {
    const name = one.value.metadata.labels?.[RING_LABEL];
    // What brings the Applications of a cluster has the name of its record, and goes to the management cluster.
    const record = facts?.get(destinationOf(one).name) ?? facts?.get(nameOf(one));
    if (name === undefined && !record) continue;
    const source = one.placeOf(['metadata', 'labels', RING_LABEL]);
    if (name === undefined) yield { code: ring, source, message: `\`${nameOf(one)}\` has no label ${RING_LABEL}` };
    else if (!rings.has(name))
      yield {
        code: ring,
        source,
        message: `\`${nameOf(one)}\` is in ring \`${name}\`, which argocd/rings.yaml does not have`,
      };
    else if (record && record['ring'] !== name) {
      const message = `\`${nameOf(one)}\` is in ring \`${name}\`, and its cluster in \`${String(record['ring'])}\``;
      yield { code: ring, source, message };
    } else {
      const wanted = rings.get(name);
      for (const {
        source: { targetRevision },
        path,
      } of sourcesOf(one)) {
        if (targetRevision === wanted) continue;
        const message = `\`${nameOf(one)}\` follows \`${String(targetRevision)}\`, and its ring \`${name}\` follows \`${wanted}\``;
        yield { code: ring, source: one.placeOf([...path, 'targetRevision']), message };
      }
    }
  }
}
