import type { ScannedEntry, ScannedMap } from './scan-maps.ts';

interface Frame {
  /** Absent for a list. */
  map?: ScannedMap;
  /** The entry whose value comes next or is under way. */
  entry: ScannedEntry | undefined;
  /** Of the current key, value or item. */
  start: number | undefined;
  outer: ScannedEntry | undefined;
}

const TOKEN =
  /\s+|#[^\n]*|"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'|[{}[\],]|:(?=[\s,{}[\]"']|$)|(?:\$\{[^}\n]*\}|[^\s{}[\],:]|:(?![\s,{}[\]"'])|\$(?=\{))+/gy;

/** The maps of the flow map or list at `from`: `{ a: b }`, `["a"]`, JSON. Ends where its brackets do, or with the text. */
export function scanFlow(
  text: string,
  from: number,
  parent: ScannedEntry | undefined,
): { maps: ScannedMap[]; end: number } {
  const maps: ScannedMap[] = [];
  const frames: Frame[] = [];
  const token = new RegExp(TOKEN);
  let at = from;
  let last = from;
  let wasQuoted = false;
  while (at < text.length) {
    token.lastIndex = at;
    let part = token.exec(text)?.[0] ?? text[at] ?? '';
    const frame = frames.at(-1);
    // `{"a":1}` needs no space after the colon, unlike `{a: 1}`.
    if (wasQuoted && part.startsWith(':')) part = ':';
    const end = at + part.length;
    if (part === '{' || part === '[') {
      if (frame) frame.start ??= at;
      const outer = frame ? (frame.entry ?? frame.outer) : parent;
      const map: ScannedMap | undefined = part === '{' ? { entries: [], parent: outer } : undefined;
      if (map) {
        maps.push(map);
        outer?.children.push(map);
      }
      frames.push({ ...(map ? { map } : {}), entry: undefined, start: undefined, outer });
    } else if (part === '}' || part === ']' || part === ',') {
      if (frame?.entry) frame.entry.end = Math.max(frame.entry.start, last);
      if (frame) Object.assign(frame, { entry: undefined, start: undefined });
      if (part !== ',') frames.pop();
      if (frames.length === 0) return { maps, end };
    } else if (part === ':' && frame?.map && !frame.entry && frame.start !== undefined) {
      const key = text.slice(frame.start, last).replace(/^(["'])(.*)\1$/s, '$2');
      const { map, start: keyStart } = frame;
      frame.entry = { key, separator: ':', keyStart, start: end, end: text.length, map, children: [] };
      map.entries.push(frame.entry);
    } else if (frame && /^[^\s#]/.test(part)) {
      frame.start ??= at;
    }
    if (/^[^\s#]/.test(part)) {
      last = end;
      wasQuoted = /^(["']).*\1$/s.test(part) && part.length > 1;
    } else wasQuoted = false;
    at = end;
  }
  // Without its bracket nothing tells where a value ends: its line is what it surely has.
  for (const { entry } of frames) {
    const lineEnd = entry ? text.indexOf('\n', entry.start) : -1;
    if (entry && lineEnd >= 0) entry.end = lineEnd;
  }
  return { maps, end: text.length };
}
