import { joinApiVersion, splitApiVersion } from '../../schemas/field-schema.ts';
import type {
  CodeInfo,
  FieldPath,
  KubeObject,
  ObjectProblem,
  ObjectRule,
  RenderedObject,
  RenderedTarget,
} from '../rule.ts';
import { adviseUnknownField, dotted, type FieldAdvice } from './schema/advice.ts';
import { catalogFor, type KnownKind, type SchemaCatalog } from './schema/catalog.ts';
import * as codes from './schema/codes.ts';
import { findFormat } from './schema/formats.ts';
import { adviseUnknownKind } from './schema/kinds.ts';
import { type Violation, walk } from './schema/walk.ts';
import * as words from './schema/words.ts';

/** Every field of every object is known to its kind, has the right type and an allowed value, and no required field is missing. */
export const schemaRule: ObjectRule = {
  codes: codes.SCHEMA_CODES,
  *check({ objects }: RenderedTarget) {
    const catalog = catalogFor(objects);
    for (const object of objects) yield* checkObject(object, catalog);
  },
};

function checkObject(object: RenderedObject, catalog: SchemaCatalog): ObjectProblem[] {
  const { apiVersion, kind, metadata } = object.value;
  const problems: ObjectProblem[] = [];
  const add = (code: CodeInfo, path: FieldPath, { message, fix }: FieldAdvice) => {
    problems.push({ code, object, path, message, ...(fix ? { fix } : {}) });
  };
  const known = catalog.find(apiVersion, kind);
  if (!known) {
    const { path, ...advice } = adviseUnknownKind(catalog, apiVersion, kind);
    add(codes.KIND_UNKNOWN, path, advice);
    return problems;
  }
  const outdated = adviseOutdated(known, apiVersion, kind);
  if (outdated) add(codes.API_VERSION_OUTDATED, ['apiVersion'], outdated);
  if (known.kind.scope === 'Cluster' && metadata?.namespace) {
    add(codes.NAMESPACE_MISPLACED, ['metadata', 'namespace'], {
      message: `${kind} is cluster-scoped and cannot be in the namespace \`${metadata.namespace}\``,
    });
  }
  checkName(known, object.value, add);
  walk(known.root, object.value, [], (violation) => add(...describe(violation, known, object.value)));
  return problems;
}

function adviseOutdated({ kind: schema }: KnownKind, apiVersion: string, kind: string): FieldAdvice | undefined {
  const { group, version } = splitApiVersion(apiVersion);
  const { stable } = schema;
  if (stable !== undefined && stable !== version) {
    const use = joinApiVersion(group, stable);
    return {
      message: `${kind} has the stable version ${use}, found ${apiVersion}`,
      fix: `Write \`apiVersion: ${use}\`.`,
    };
  }
  return schema.deprecated?.includes(version) ? { message: `${apiVersion} is deprecated for ${kind}` } : undefined;
}

function checkName(
  { kind: schema }: KnownKind,
  { metadata }: KubeObject,
  add: (code: CodeInfo, path: FieldPath, advice: FieldAdvice) => void,
): void {
  const name: unknown = metadata?.name;
  if (name === undefined || name === null || name === '') {
    if (metadata?.['generateName'] === undefined)
      add(codes.FIELD_MISSING, ['metadata'], at(['metadata'], { message: 'required field `name` is missing' }));
    return;
  }
  const format = findFormat(schema.name ?? 'dns-subdomain');
  if (format && !format.test(name)) {
    const message = `expected ${format.expect}, found ${words.showValue(name)}`;
    add(codes.VALUE_NOT_ALLOWED, ['metadata', 'name'], at(['metadata', 'name'], { message }));
  }
}

function describe(violation: Violation, known: KnownKind, object: KubeObject): [CodeInfo, FieldPath, FieldAdvice] {
  const { path } = violation;
  const isSecret = object.kind === 'Secret' && (path[0] === 'data' || path[0] === 'stringData');
  const show = isSecret ? words.showType : words.showValue;
  switch (violation.kind) {
    case 'unknown':
      return [codes.FIELD_UNKNOWN, path, adviseUnknownField(known.root, violation.parent, path)];
    case 'type':
      return [codes.TYPE_WRONG, path, at(path, words.describeType(violation, show))];
    case 'value':
      return [codes.VALUE_NOT_ALLOWED, path, at(path, words.describeValue(violation, show))];
    case 'key':
      return [codes.VALUE_NOT_ALLOWED, path, at(path.slice(0, -1), words.describeKey(violation))];
    case 'missing':
      return [codes.FIELD_MISSING, path, at(path, words.describeMissing(violation))];
    case 'missing-choice':
      return [codes.FIELD_MISSING, path, at(path, words.describeMissingChoice(violation))];
    case 'conflict':
      return [codes.VALUE_NOT_ALLOWED, path, at(path.slice(0, -1), words.describeConflict(violation))];
  }
}

/** A message must be clear where it stands alone: it names the field. */
function at(path: FieldPath, advice: FieldAdvice): FieldAdvice {
  return path.length === 0 ? advice : { ...advice, message: `\`${dotted(path)}\`: ${advice.message}` };
}
