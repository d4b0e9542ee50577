import { refused, unsupported } from '../expansion-error.ts';

export type Token =
  /** Text between actions. */
  | { kind: 'text'; text: string }
  /** `{{` and `}}`. */
  | { kind: 'open' | 'close' }
  | { kind: 'space' }
  /** `.name`, with the dot. */
  | { kind: 'field'; text: string }
  /** `$` or `$name`. */
  | { kind: 'variable'; text: string }
  | { kind: 'identifier'; text: string }
  | { kind: 'string'; text: string }
  | { kind: 'number'; text: string }
  /** `.` alone, `(`, `)`, `|`, `,`, `:=`, `=`. */
  | { kind: 'mark'; text: string };

/** The longest template in common use, a patch of a whole Application, stays under a tenth of it. */
const MAX_LENGTH = 64 * 1024;

/** Splits a template as Go's text/template does, trim markers and comments applied. */
export function lex(template: string): Token[] {
  if (template.length > MAX_LENGTH) throw unsupported(`the template is longer than ${MAX_LENGTH / 1024} KiB`);
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < template.length) {
    const open = template.indexOf('{{', at);
    const end = open < 0 ? template.length : open;
    const trimsBefore = open >= 0 && /^-[ \t\r\n]/.test(template.slice(open + 2, open + 4));
    let text = template.slice(at, end);
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, '');
    if (trimsBefore) text = text.replace(/[ \t\r\n]+$/, '');
    if (text !== '') tokens.push({ kind: 'text', text });
    if (open < 0) break;
    const start = open + (trimsBefore ? 4 : 2);
    const action = template.startsWith('/*', start) ? lexComment(template, start) : lexAction(template, start);
    tokens.push(...action.tokens);
    at = action.end;
    trimNext = action.trims;
  }
  return tokens;
}

interface Action {
  tokens: Token[];
  end: number;
  /** White space behind the action goes too. */
  trims: boolean;
}

function lexComment(template: string, start: number): Action {
  const end = template.indexOf('*/', start + 2);
  if (end < 0) throw refused('a comment is not closed');
  const close = /^(?:[ \t\r\n]-)?\}\}/.exec(template.slice(end + 2, end + 6));
  if (!close) throw refused('a comment ends before the closing `}}`');
  return { tokens: [], end: end + 2 + close[0].length, trims: close[0].length > 2 };
}

const NUMBER = /[+-]?(?:0[xXbBoO])?[0-9][0-9a-fA-F_]*(?:\.[0-9]*)?(?:[eEpP][+-]?[0-9]+)?/y;
const LETTERS = /[\p{L}\p{Nd}_]+/uy;
/** What may follow a field, a variable or an identifier. */
const TERMINATOR = /[ \t\r\n.,|:()=]|-?\}\}|$/y;

function lexAction(template: string, start: number): Action {
  const tokens: Token[] = [{ kind: 'open' }];
  let at = start;
  let depth = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(template)?.[0];
  };
  const take = (kind: 'field' | 'variable' | 'identifier' | 'string' | 'number' | 'mark', text: string) => {
    tokens.push({ kind, text });
    at += text.length;
  };
  while (at < template.length) {
    const char = template[at] as string;
    if (/^[ \t\r\n]-\}\}/.test(template.slice(at, at + 4)) || template.startsWith('}}', at)) {
      if (depth > 0) throw refused('a parenthesis is not closed');
      const trims = char !== '}';
      return { tokens: [...tokens, { kind: 'close' }], end: at + (trims ? 4 : 2), trims };
    }
    const space = match(/[ \t\r\n]+/y);
    if (space) {
      // The space before a trim marker belongs to it.
      const length = /^-\}\}/.test(template.slice(at + space.length, at + space.length + 3))
        ? space.length - 1
        : space.length;
      if (length > 0) tokens.push({ kind: 'space' });
      at += length;
    } else if (char === '"' || char === '`' || char === "'") take('string', quoted(template, at));
    else if (char === '$' || (char === '.' && !/[0-9]/.test(template[at + 1] ?? ''))) {
      at += 1;
      const name = match(LETTERS) ?? '';
      at -= 1;
      if (char === '.' && name === '') take('mark', '.');
      else take(char === '.' ? 'field' : 'variable', `${char}${name}`);
      if (name !== '' && match(TERMINATOR) === undefined)
        throw refused(`unexpected ${JSON.stringify(template[at])} after \`${name}\``);
    } else if (/[0-9+.-]/.test(char)) {
      const number = match(NUMBER);
      if (!number || /[\p{L}\p{Nd}_]/u.test(template[at + number.length] ?? ''))
        throw refused(`bad number at \`${template.slice(at, at + 10)}\``);
      take('number', number);
    } else if (/[\p{L}_]/u.test(char)) {
      take('identifier', match(LETTERS) as string);
      if (match(TERMINATOR) === undefined) throw refused(`unexpected ${JSON.stringify(template[at])} in an action`);
    } else if (template.startsWith(':=', at)) take('mark', ':=');
    else if ('()|,='.includes(char)) {
      depth += char === '(' ? 1 : char === ')' ? -1 : 0;
      if (depth < 0) throw refused('a parenthesis is closed that was not opened');
      take('mark', char);
    } else throw refused(`unexpected ${JSON.stringify(char)} in an action`);
  }
  throw refused('an action is not closed: `}}` is missing');
}

/** A literal with its quotes. */
function quoted(template: string, start: number): string {
  const quote = template[start] as string;
  for (let at = start + 1; at < template.length; at++) {
    const char = template[at];
    if (char === quote) return template.slice(start, at + 1);
    if (quote !== '`' && char === '\n') break;
    if (quote !== '`' && char === '\\') at++;
  }
  throw refused('a quoted text is not closed');
}
