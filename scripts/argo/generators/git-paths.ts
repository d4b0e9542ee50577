import { refused, unsupported } from '../expansion-error.ts';

/**
 * Whether `git ls-files -- PATTERN` lists a file, which is how Argo CD looks for files: a plain pattern names a file or all that is in a
 * folder, and `*` goes on behind a `/`.
 */
export function matchesPathspec(pattern: string, path: string): boolean {
  if (pattern.startsWith(':')) throw unsupported('a pattern with git magic (`:`)');
  const wanted = pattern.replace(/^(?:\.\/)+/, '').replace(/^\.$/, '');
  if (wanted.startsWith('/') || wanted.split('/').includes('..'))
    throw refused('a pattern that leads out of the repository');
  const folder = wanted.endsWith('/') || wanted === '' ? wanted : `${wanted}/`;
  if (path === wanted || path.startsWith(folder)) return true;
  return /[*?[\\]/.test(wanted) && matchesGlob(wanted, path, 'any');
}

/** Go's path.Match: `*` stays within one folder. */
export function matchesFolder(pattern: string, path: string): boolean {
  return matchesGlob(pattern, path, 'step');
}

type Item = { kind: 'star' } | { kind: 'one'; test(char: string): boolean };

/** @param reach `*` and `?` take any letter, or stay in a step of the path */
function matchesGlob(pattern: string, text: string, reach: 'any' | 'step'): boolean {
  const items = itemsOf(pattern, reach);
  // Set of positions in the pattern that the text so far leads to: no pattern takes longer than its length times that of the text.
  let reached = closure(new Set([0]), items);
  for (const char of text) {
    const next = new Set<number>();
    for (const at of reached) {
      const item = items[at];
      if (item?.kind === 'star' && (reach === 'any' || char !== '/')) next.add(at);
      if (item?.kind === 'one' && item.test(char)) next.add(at + 1);
    }
    reached = closure(next, items);
  }
  return reached.has(items.length);
}

function closure(positions: Set<number>, items: readonly Item[]): Set<number> {
  for (const at of positions) if (items[at]?.kind === 'star') positions.add(at + 1);
  return positions;
}

function itemsOf(pattern: string, reach: 'any' | 'step'): Item[] {
  const items: Item[] = [];
  const chars = [...pattern];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === '*') items.push({ kind: 'star' });
    else if (char === '?') items.push({ kind: 'one', test: (found) => reach === 'any' || found !== '/' });
    else if (char === '[') {
      const end = chars.indexOf(']', at + (/[!^]/.test(chars[at + 1] ?? '') ? 3 : 2));
      const body = end < 0 ? undefined : chars.slice(at + 1, end);
      if (!body || body.includes('[') || body.includes('\\')) throw unsupported(`the class in the pattern ${pattern}`);
      items.push({ kind: 'one', test: classOf(body, reach) });
      at = end;
    } else {
      const literal = char === '\\' ? chars[++at] : char;
      if (literal === undefined) throw refused(`the pattern ${pattern} ends in a backslash`);
      items.push({ kind: 'one', test: (found) => found === literal });
    }
  }
  return items;
}

/** Go negates with `^` alone, git with `!` as well. */
function classOf(body: readonly string[], reach: 'any' | 'step'): (char: string) => boolean {
  const isNegated = body[0] === '^' || (body[0] === '!' && reach === 'any');
  const members = isNegated ? body.slice(1) : body;
  const has = (char: string) => {
    for (let at = 0; at < members.length; at++) {
      const low = members[at] as string;
      const high = members[at + 1] === '-' && at + 2 < members.length ? (members[at + 2] as string) : low;
      if (char >= low && char <= high) return true;
      if (high !== low) at += 2;
    }
    return false;
  };
  return (char) => (reach === 'any' || char !== '/') && has(char) !== isNegated;
}
