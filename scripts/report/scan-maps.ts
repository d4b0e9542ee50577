import { scanFlow } from './scan-flow.ts';

/** `key: value` or `KEY=value`; `start` to `end` is the value, with all deeper lines. */
export interface ScannedEntry {
  key: string;
  separator: ':' | '=';
  keyStart: number;
  start: number;
  end: number;
  map: ScannedMap;
  /** Maps whose nearest enclosing entry this is. */
  children: ScannedMap[];
}

export interface ScannedMap {
  entries: ScannedEntry[];
  parent: ScannedEntry | undefined;
}

interface OpenMap {
  column: number;
  map: ScannedMap;
}

const KEY = /^(\s*(?:-\s+)*)["']?([\w./-]+)["']?\s*([:=])[^\S\n]*/;
/** Where a flow map or list starts, behind dashes, tags and anchors. */
const FLOW_START = /^(?:\s*-\s+)*\s*(?:[!&]\S*\s+)*(?=[[{])/;

/**
 * The maps of one YAML document, found line by line and by indentation alone: it may be broken, and block scalars may hold YAML
 * of their own. Linear in the length of the text.
 */
export function scanMaps(text: string): ScannedMap[] {
  const maps: ScannedMap[] = [];
  const open: OpenMap[] = [];
  let offset = 0;
  let contentEnd = 0;
  let flowEnd = 0;
  const close = (isDone: (map: OpenMap) => boolean) => {
    for (let top = open.at(-1); top && isDone(top); top = open.at(-1)) {
      endEntry(top.map, contentEnd);
      open.pop();
    }
  };
  for (const line of text.split('\n')) {
    const lineStart = offset;
    offset += line.length + 1;
    const indent = line.search(/\S/);
    if (indent < 0) continue;
    const isDeeper = indent > (open.at(-1)?.column ?? -1);
    if (line[indent] === '#' && !isDeeper) continue;
    close(({ column }) => column > indent);
    const isItem = /^-(?:\s|$)/.test(line.slice(indent, indent + 2));
    if (!isItem && open.at(-1)?.column === indent) endEntry(open.at(-1)?.map, contentEnd);
    contentEnd = lineStart + line.trimEnd().length;

    const [head, before = '', key = '', separator] = KEY.exec(line) ?? [];
    let start = lineStart;
    let parent = lastEntry(open.at(-1)?.map);
    if (head !== undefined && line[indent] !== '#') {
      const column = before.length;
      let map = open.at(-1)?.column === column && !isItem ? open.at(-1)?.map : undefined;
      if (!map) {
        map = { entries: [], parent };
        parent?.children.push(map);
        maps.push(map);
        open.push({ column, map });
      }
      start += head.length;
      parent = {
        key,
        separator: separator === '=' ? '=' : ':',
        keyStart: lineStart + column,
        start,
        end: text.length,
        map,
        children: [],
      };
      map.entries.push(parent);
    }
    const flowStart = FLOW_START.exec(text.slice(start, lineStart + line.length));
    if (flowStart && start >= flowEnd) {
      const flow = scanFlow(text, start + flowStart[0].length, parent);
      flowEnd = flow.end;
      maps.push(...flow.maps);
    }
  }
  close(() => true);
  return maps;
}

function lastEntry(map: ScannedMap | undefined): ScannedEntry | undefined {
  return map?.entries.at(-1);
}

function endEntry(map: ScannedMap | undefined, end: number): void {
  const entry = lastEntry(map);
  if (entry) entry.end = Math.max(entry.start, end);
}
