/** A strict parser of the markup that the reporters write, for tests: whatever is not well-formed is an error. */

export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** Text of the element and of all elements in it. */
  text: string;
}

const TOKEN = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z-]+="[^"<]*")*)\s*(\/?)>|[^<]+/gy;
const PROLOG = /^(?:<\?xml version="1\.0" encoding="UTF-8"\?>|<!doctype html>)\n/;
const RAW = /(<(style|script)>)[\s\S]*?(<\/\2>)/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

export function parseMarkup(document: string): Element {
  if (!PROLOG.test(document)) throw new Error('no prolog');
  const text = document.replace(PROLOG, '').replace(RAW, '$1$3').trim();
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text);
    if (!token) throw new Error(`not well-formed at: ${text.slice(at, at + 60)}`);
    const [whole, slash, name, attributes = '', selfClosed] = token;
    if (name === undefined) for (const element of open) element.text += decode(whole);
    else if (slash) close(open, name);
    else {
      const element = { name, attributes: parseAttributes(attributes), children: [], text: '' };
      open.at(-1)?.children.push(element);
      if (!selfClosed) open.push(element);
    }
  }
  const [root] = top.children;
  if (open.length !== 1 || top.children.length !== 1 || !root) throw new Error('not one closed root element');
  return root;
}

/** All elements of a name, in document order. */
export function elementsOf(root: Element, name: string): Element[] {
  const inside = root.children.flatMap((child) => elementsOf(child, name));
  return root.name === name ? [root, ...inside] : inside;
}

function close(open: Element[], name: string): void {
  const element = open.pop();
  if (element?.name !== name) throw new Error(`</${name}> closes <${element?.name}>`);
}

function parseAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-z-]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decode(value)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw new Error(`attribute given twice:${text}`);
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  if (/[^\P{C}\n\t]/u.test(text.replace(/\p{Cn}|\p{Co}/gu, '')))
    throw new Error(`raw control character in: ${JSON.stringify(text)}`);
  return text.replace(/&[^;\s]*;?/g, (entity) => {
    const character = ENTITIES[entity];
    if (character === undefined) throw new Error(`unknown entity ${entity}`);
    return character;
  });
}
