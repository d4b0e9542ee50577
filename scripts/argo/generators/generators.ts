import { recordOf } from '../../resources/fields.ts';
import { matchesLabels, parseSelector } from '../../resources/selectors.ts';
import { isRecord } from '../../resources/value.ts';
import { refused, unsupported, within } from '../expansion-error.ts';
import { sorted } from '../go-template/sprig/formats.ts';
import { type GoMap, toJson } from '../go-template/value.ts';
import { combineTexts, flatten, mergeOver } from '../parameters.ts';
import { renderStrings } from '../render-strings.ts';
import { clusterGenerator } from './clusters.ts';
import type { Generate, GeneratorContext } from './generator.ts';
import { gitGenerator } from './git.ts';
import { listGenerator } from './list.ts';

/** In the order in which Argo CD goes through them. */
const TERMINAL: Readonly<Record<string, Generate>> = {
  list: listGenerator,
  clusters: clusterGenerator,
  git: gitGenerator,
};
const ELSEWHERE = ['scmProvider', 'clusterDecisionResource', 'pullRequest', 'plugin'];

/** Parameters of one entry of `generators`, with the kind of generator that made them (its template may override that of the set). */
export interface Generated {
  kind: string;
  parameters: GoMap[];
}

/**
 * All parameters that an entry of `generators` makes.
 * @param levels how many matrix or merge generators may be nested in each other from here
 * @param given parameters of the first child of a matrix, which the second may use
 */
export function generate(entry: unknown, context: GeneratorContext, levels = 2, given?: GoMap): Generated[] {
  const spec = recordOf(entry);
  const selector =
    spec['selector'] === undefined || spec['selector'] === null ? undefined : parseSelector(spec['selector']);
  if (selector?.kind === 'invalid') throw refused(selector.reason, ['selector']);
  for (const kind of ELSEWHERE) {
    if (isRecord(spec[kind])) throw unsupported(`a \`${kind}\` generator, which asks what is not in git`, [kind]);
  }
  const known = [...Object.keys(TERMINAL), ...(levels > 0 ? ['matrix', 'merge'] : [])];
  const rendered = given && given.size > 0 ? recordOf(renderStrings(spec, given, context)) : spec;
  return known
    .filter((kind) => isRecord(spec[kind]))
    .map((kind) => {
      const parameters = within([kind], () => parametersOf(kind, recordOf(rendered[kind]), context, levels));
      const selected = selector
        ? parameters.filter((set) => matchesLabels(selector, Object.fromEntries(flatten(set))))
        : parameters;
      return { kind, parameters: selected };
    });
}

function parametersOf(kind: string, spec: Record<string, unknown>, context: GeneratorContext, levels: number): GoMap[] {
  if (kind === 'matrix') return matrix(spec, context, levels - 1);
  if (kind === 'merge') return merge(spec, context, levels - 1);
  return (TERMINAL[kind] as Generate)(spec, context);
}

function childrenOf(spec: Record<string, unknown>): unknown[] {
  return Array.isArray(spec['generators']) ? spec['generators'] : [];
}

/** A child holds exactly one generator. */
function child(entry: unknown, index: number, context: GeneratorContext, levels: number, given?: GoMap): GoMap[] {
  return within(['generators', index], () => {
    const [generated, ...more] = generate(entry, context, levels, given);
    if (!generated) throw refused('holds no generator, or one that is nested too deep');
    if (more.length > 0) throw refused('holds more than one generator');
    return generated.parameters;
  });
}

/** Every pair of the two children; the second may use the parameters of the first, which win where both have one. */
function matrix(spec: Record<string, unknown>, context: GeneratorContext, levels: number): GoMap[] {
  const [first, second, ...more] = childrenOf(spec);
  if (first === undefined || second === undefined || more.length > 0)
    throw refused('a matrix takes exactly two generators', ['generators']);
  return child(first, 0, context, levels).flatMap((a) =>
    child(second, 1, context, levels, a).map((b) => {
      if (!context.goTemplate) return combineTexts(a, b);
      const both: GoMap = new Map();
      mergeOver(both, b);
      mergeOver(both, a);
      return both;
    }),
  );
}

/** The sets of the first child, with those of the others that have the same values at the merge keys written over them. */
function merge(spec: Record<string, unknown>, context: GeneratorContext, levels: number): GoMap[] {
  const children = childrenOf(spec);
  const keys: unknown[] = Array.isArray(spec['mergeKeys']) ? spec['mergeKeys'] : [];
  if (children.length < 2) throw refused('a merge takes at least two generators', ['generators']);
  const sets = children.map((entry, index) => child(entry, index, context, levels));
  if (keys.length === 0) throw refused('a merge needs a merge key', ['mergeKeys']);
  const [base, ...overrides] = sets.map((parameters, index) =>
    within(['generators', index], () => byMergeKey(keys, parameters)),
  );
  for (const override of overrides) {
    for (const [key, parameters] of base ?? []) {
      const over = override.get(key);
      if (!over) continue;
      if (context.goTemplate) mergeOver(parameters, over);
      else for (const [name, value] of over) parameters.set(name, value);
    }
  }
  return [...(base?.values() ?? [])];
}

function byMergeKey(keys: readonly unknown[], sets: readonly GoMap[]): Map<string, GoMap> {
  const found = new Map<string, GoMap>();
  for (const parameters of sets) {
    const values = Object.fromEntries(keys.map((key) => [String(key), toJson(parameters.get(String(key)))]));
    const text = JSON.stringify(sorted(values));
    if (found.has(text)) throw refused(`two sets of parameters have the same merge keys: ${text}`);
    found.set(text, parameters);
  }
  return found;
}
