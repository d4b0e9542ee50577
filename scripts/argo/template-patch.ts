import { isRecord } from '../resources/value.ts';
import { refused, unsupported } from './expansion-error.ts';
import { readYaml } from './read-yaml.ts';

/** Fields of an Application that the patch takes as a whole: they have no type to look further into. */
const UNTYPED = new Set(['valuesObject']);

/**
 * An Application with a rendered `templatePatch` applied: a strategic merge patch, which for an Application means maps into maps, null
 * deletes, lists are replaced, and finalizers are put before those that are there. The project never changes.
 */
export function applyTemplatePatch(application: Record<string, unknown>, text: string): Record<string, unknown> {
  const patch = readYaml(text) ?? {};
  if (!isRecord(patch)) throw refused('the patch is no map');
  const patched = patchMap(application, patch, []);
  const { project } = isRecord(application['spec']) ? application['spec'] : {};
  return {
    ...patched,
    spec: { ...(isRecord(patched['spec']) ? patched['spec'] : {}), ...(project === undefined ? {} : { project }) },
  };
}

function patchMap(
  original: Record<string, unknown>,
  patch: Record<string, unknown>,
  path: readonly string[],
): Record<string, unknown> {
  const result = { ...original };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) throw unsupported(`the directive \`${key}\` in a patch`);
    const known = result[key];
    if (value === null) delete result[key];
    else if (isRecord(value) && isRecord(known)) {
      if (UNTYPED.has(key)) throw refused(`\`${key}\` is set by the template and by the patch`);
      result[key] = patchMap(known, value, [...path, key]);
    } else if (key === 'finalizers' && path.join('.') === 'metadata' && Array.isArray(value) && Array.isArray(known)) {
      result[key] = [...new Set([...value, ...known])];
    } else result[key] = withoutNulls(value);
  }
  return result;
}

/** A null deletes, and there is nothing to delete in what is new. */
function withoutNulls(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutNulls(child)]));
}
