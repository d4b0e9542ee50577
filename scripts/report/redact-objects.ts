import type { Span } from './mask.ts';
import { valueText } from './redact-named.ts';
import type { ScannedEntry, ScannedMap } from './scan-maps.ts';

const HOLDS_SECRETS = /["']?\bkind["']?\s*:\s*["']?Secret\b|\bsecretGenerator\b/;
/** All that a Secret has beside its values. */
const OPEN_FIELDS = new Set(['apiVersion', 'kind', 'metadata', 'type', 'immutable']);
/** The whole object as it was applied, as JSON in one string. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The values of Secrets, also of misspelt ones, of patches to Secrets and of `secretGenerator`. Names of entries stay. */
export function secretFields(text: string, maps: readonly ScannedMap[]): Span[] {
  const holdsSecrets = HOLDS_SECRETS.test(text);
  return maps.flatMap((map) => {
    const patched = map.entries.find(({ key }) => key === 'path');
    const isPatch =
      patched !== undefined &&
      (holdsSecrets ? /^\/(?:data|stringData)\b/ : /^\/stringData\b/).test(valueText(text, patched));
    const isSecret = isSecretObject(text, map);
    return map.entries.flatMap((entry): Span[] => {
      const { key, start, end } = entry;
      if (key === LAST_APPLIED || (isPatch && key === 'value')) return [[start, end]];
      if (key === 'stringData' || (holdsSecrets && key === 'data')) return valuesIn(entry, ':');
      if (holdsSecrets && key === 'literals') return valuesIn(entry, '=');
      return isSecret && !OPEN_FIELDS.has(key) ? valuesIn(entry, ':') : [];
    });
  });
}

/** A Secret itself, not a reference to one (`certificateRefs`, the target of a patch). */
function isSecretObject(text: string, { entries, parent }: ScannedMap): boolean {
  if (!entries.some((entry) => entry.key === 'kind' && valueText(text, entry) === 'Secret')) return false;
  const keys = new Set(entries.map(({ key }) => key));
  const isRoot = parent === undefined || /^[|>]/.test(text.slice(parent.start, parent.end));
  return isRoot || keys.has('metadata') || (keys.has('apiVersion') && !keys.has('name'));
}

/** All of an entry but the keys right under it: what is no key may be a value, however broken the text is. */
function valuesIn({ start, end, children }: ScannedEntry, separator: ':' | '='): Span[] {
  const spans: Span[] = [];
  let from = start;
  const keys = children.flatMap(({ entries }) => entries).filter((entry) => entry.separator === separator);
  for (const { keyStart, start: valueStart } of keys.sort((a, b) => a.keyStart - b.keyStart)) {
    spans.push([from, keyStart]);
    from = valueStart;
  }
  return [...spans, [from, end]];
}
