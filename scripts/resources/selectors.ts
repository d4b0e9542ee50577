import { entriesOf, isPresent, recordOf } from './fields.ts';

export interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values: ReadonlySet<unknown>;
}

/** What a label selector means. `nothing` is an absent selector, `everything` an empty one; `invalid` is refused by the API server. */
export type Selector =
  | { kind: 'nothing' }
  | { kind: 'everything' }
  | { kind: 'requirements'; requirements: readonly Requirement[] }
  | { kind: 'invalid'; reason: string };

export type Labels = Readonly<Record<string, unknown>>;

/** Reads a `metav1.LabelSelector` as apimachinery's LabelSelectorAsSelector does: all requirements must hold. */
export function parseSelector(value: unknown): Selector {
  if (!isPresent(value)) return { kind: 'nothing' };
  const { matchLabels, matchExpressions } = recordOf(value);
  const requirements = equalities(matchLabels);
  for (const { value: expression } of entriesOf(matchExpressions)) {
    const { key, operator, values } = expression;
    const list: unknown[] = Array.isArray(values) ? values : [];
    if (operator !== 'In' && operator !== 'NotIn' && operator !== 'Exists' && operator !== 'DoesNotExist') {
      return { kind: 'invalid', reason: `operator \`${String(operator)}\` is none of In, NotIn, Exists, DoesNotExist` };
    }
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (needsValues !== list.length > 0) {
      return {
        kind: 'invalid',
        reason: `operator ${operator} takes ${needsValues ? 'at least one value' : 'no values'}`,
      };
    }
    requirements.push({ key: String(key), operator, values: new Set(list) });
  }
  return requirements.length > 0 ? { kind: 'requirements', requirements } : { kind: 'everything' };
}

/** Reads the plain map of Service and ReplicationController; absent and empty mean that no pods are selected by it. */
export function parseMapSelector(value: unknown): Selector {
  const requirements = equalities(value);
  return requirements.length > 0 ? { kind: 'requirements', requirements } : { kind: 'nothing' };
}

function equalities(map: unknown): Requirement[] {
  return Object.entries(recordOf(map)).map(([key, value]) => ({ key, operator: 'In', values: new Set([value]) }));
}

/** `NotIn` also holds for labels without the key (apimachinery labels.Requirement.Matches). */
export function matchesLabels(selector: Selector, labels: Labels): boolean {
  if (selector.kind !== 'requirements') return selector.kind === 'everything';
  return selector.requirements.every(({ key, operator, values }) => {
    const has = Object.hasOwn(labels, key);
    if (operator === 'Exists') return has;
    if (operator === 'DoesNotExist') return !has;
    return operator === 'In' ? has && values.has(labels[key]) : !has || !values.has(labels[key]);
  });
}

/** The selector as `kubectl get -l` takes it: `app=x,tier in (a,b),!legacy`. */
export function describeSelector(selector: Selector): string {
  if (selector.kind !== 'requirements') return selector.kind;
  return selector.requirements.map(describeRequirement).join(',');
}

function describeRequirement({ key, operator, values }: Requirement): string {
  const list = [...values].map(String);
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  if (operator === 'In' && list.length === 1) return `${key}=${list[0]}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${list.join(',')})`;
}
