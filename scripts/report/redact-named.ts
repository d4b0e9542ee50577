import { isSecretValue, namesSecret } from '../resources/secret-like.ts';
import type { Span } from './mask.ts';
import type { ScannedEntry, ScannedMap } from './scan-maps.ts';

/** Fields that stand beside `name` and describe what is named; whatever else stands there may be a misspelt `value`. */
const BESIDE_NAME = new Set(
  `name valueFrom key kind namespace group apiGroup apiVersion version optional type description format priority jsonPath
  mountPath subPath path readOnly secretName image imagePullPolicy port targetPort containerPort number protocol behavior
  host hostname mode weight op immutable serviceAccountName uid generateName resourceVersion creationTimestamp`.split(
    /\s+/,
  ),
);
const BLOCK = /^[|>][-+0-9]*(?:\s|$)/;
/** `secret: { secretName: a }` tells where the secret is. */
const REFERENCE = /^\{\s*["']?(?:\w*name|key|namespace|optional|\w*ref|valuefrom|defaultmode|items)\b/i;

/** Values whose name says that they are secret, wherever they stand: in ConfigMaps, variables, literals and patches. */
export function namedSecrets(text: string, maps: readonly ScannedMap[]): Span[] {
  const spans: Span[] = [];
  for (const map of maps) {
    const name = map.parent?.key === 'metadata' ? undefined : map.entries.find(({ key }) => key === 'name');
    const variable = name ? valueText(text, name) : '';
    for (const entry of map.entries) {
      // A bare `key` names an entry (`secretKeyRef`, selectors), never holds a secret.
      const isNamed = entry.key !== 'key' && holdsSecret(text, entry, entry.key);
      if (isNamed || (!BESIDE_NAME.has(entry.key) && holdsSecret(text, entry, variable)))
        spans.push([entry.start, entry.end]);
    }
  }
  return spans;
}

/** What stands after the key, without quotes, trailing comma and comment. */
export function valueText(text: string, { start, end }: ScannedEntry): string {
  const value = text.slice(start, end).trim();
  if (value.includes('\n')) return value;
  return value
    .replace(/\s+#.*$/, '')
    .replace(/,$/, '')
    .replace(/^(["'])(.*)\1$/, '$2');
}

function holdsSecret(text: string, entry: ScannedEntry, name: string): boolean {
  if (namesSecret(name) === 'no') return false;
  const value = valueText(text, entry);
  if (BLOCK.test(value)) return namesSecret(name) === 'certain';
  if (value.startsWith('{')) return !REFERENCE.test(value) && isSecretValue(name, value);
  // A map or a list under the name has entries of its own.
  return entry.children.length === 0 && !/^-\s/.test(value) && isSecretValue(name, value);
}
