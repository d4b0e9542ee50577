import { isRecord } from '../resources/value.ts';
import type { FieldSchema } from './field-schema.ts';

/** Fields of one object of which one may be set (`atMostOne`), or exactly one must be. */
interface Union {
  keyword: 'atMostOne' | 'exactlyOne';
  fields: string[];
}

/**
 * The constraints of a schema that relate fields to each other. Unions are recognised in the ways in which generators write them, since
 * "only one of a, b may be set" can be said of them; whatever is not a union keeps its JSON Schema or CEL form.
 */
export function constraints(raw: Record<string, unknown>, convert: (child: unknown) => FieldSchema): FieldSchema {
  const rules = celRules(raw['x-kubernetes-validations']);
  const branches = branchUnions(raw);
  const ruleUnions = rules.map(unionOfRule);
  const unions = [...branches.unions, ...ruleUnions.filter((union) => union !== undefined)];
  const others = rules.filter((_, index) => ruleUnions[index] === undefined);
  const { anyOf, not } = raw;
  return {
    ...grouped(unions, 'atMostOne'),
    ...grouped(unions, 'exactlyOne'),
    ...(branches.oneOf ? { oneOf: branches.oneOf.map(convert) } : {}),
    ...(branches.allOf.length > 0 ? { allOf: branches.allOf.map(convert) } : {}),
    // The two branches that always go with this keyword say what the keyword says.
    ...(Array.isArray(anyOf) && !raw['x-kubernetes-int-or-string'] ? { anyOf: anyOf.map(convert) } : {}),
    ...(isRecord(not) ? { not: convert(not) } : {}),
    ...(others.length > 0 ? { 'x-kubernetes-validations': others } : {}),
  };
}

function grouped(unions: readonly Union[], keyword: Union['keyword']): FieldSchema {
  // One field alone excludes nothing.
  const groups = unions.filter((union) => union.keyword === keyword && union.fields.length > 1);
  return groups.length > 0 ? { [keyword]: groups.map((union) => union.fields) } : {};
}

/** Rules about `oldSelf` compare an update with what is in the cluster: a manifest alone cannot break them. */
function celRules(raw: unknown): string[] {
  const rules = Array.isArray(raw) ? raw.map((entry) => (isRecord(entry) ? String(entry['rule']) : '')) : [];
  return rules
    .map((rule) => rule.replaceAll(/\s+/g, ' ').trim())
    .filter((rule) => rule !== '' && !/\boldSelf\b/.test(rule));
}

/** `(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) <= 1` and `has(self.a) != has(self.b)`. */
function unionOfRule(rule: string): Union | undefined {
  const counted = /^(?:\(has\(self\.\w+\) \? 1 : 0\)(?: \+ | <= 1$))+$/.test(rule);
  const either = /^has\(self\.\w+\) != has\(self\.\w+\)$/.test(rule);
  if (!counted && !either) return undefined;
  const fields = [...rule.matchAll(/has\(self\.(\w+)\)/g)].map((match) => match[1] as string);
  return { keyword: counted ? 'atMostOne' : 'exactlyOne', fields };
}

function branchUnions(raw: Record<string, unknown>): { unions: Union[]; oneOf?: unknown[]; allOf: unknown[] } {
  const oneOf = Array.isArray(raw['oneOf']) ? raw['oneOf'] : undefined;
  const allOf = Array.isArray(raw['allOf']) ? raw['allOf'] : [];
  const union = oneOf && unionOfBranches(oneOf);
  const inner = allOf.map((branch) =>
    isRecord(branch) && hasOnly(branch, 'oneOf') ? unionOfBranches(branch['oneOf']) : undefined,
  );
  return {
    unions: [union, ...inner].filter((found) => found !== undefined),
    ...(oneOf && !union ? { oneOf } : {}),
    allOf: allOf.filter((_, index) => inner[index] === undefined),
  };
}

/** `oneOf: [{required: [a]}, {required: [b]}]`, with a branch `not: {anyOf: [{required: [a]}, {required: [b]}]}` for "or none". */
function unionOfBranches(branches: unknown): Union | undefined {
  if (!Array.isArray(branches)) return undefined;
  const none = branches.find((branch) => isRecord(branch) && isRecord(branch['not']));
  const fields = branches.filter((branch) => branch !== none).map(soleRequired);
  if (!fields.every((field) => field !== undefined)) return undefined;
  if (none === undefined) return { keyword: 'exactlyOne', fields };
  const negated = none.not.anyOf;
  const excluded = Array.isArray(negated) ? negated.map(soleRequired) : [];
  const same = excluded.length === fields.length && fields.every((field) => excluded.includes(field));
  return same ? { keyword: 'atMostOne', fields } : undefined;
}

function soleRequired(branch: unknown): string | undefined {
  if (!isRecord(branch) || !hasOnly(branch, 'required') || !Array.isArray(branch['required'])) return undefined;
  return branch['required'].length === 1 ? String(branch['required'][0]) : undefined;
}

function hasOnly(record: Record<string, unknown>, key: string): boolean {
  return Object.keys(record).length === 1 && Object.hasOwn(record, key);
}
