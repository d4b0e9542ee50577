import { refused, unsupported } from '../expansion-error.ts';
import { lex, type Token } from './lex.ts';
import { unquote } from './unquote.ts';

/** One operand; `fields` are what is taken of it: `$x.a.b`, `(list).a`. */
export type Operand =
  | { kind: 'dot' | 'nil' }
  | { kind: 'field'; fields: readonly string[] }
  | { kind: 'variable'; name: string; fields: readonly string[] }
  | { kind: 'function'; name: string }
  | { kind: 'constant'; value: string | number | bigint | boolean }
  | { kind: 'pipeline'; pipeline: Pipeline; fields: readonly string[] };

/** A first operand with its arguments. */
export type Command = readonly Operand[];

export interface Pipeline {
  variables: readonly string[];
  /** `=` sets variables that exist, `:=` declares them. */
  assigns: boolean;
  commands: readonly Command[];
}

export interface Control {
  kind: 'if' | 'with' | 'range';
  pipeline: Pipeline;
  body: Node[];
  otherwise: Node[];
}

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'print'; pipeline: Pipeline }
  | Control
  | { kind: 'break' | 'continue' }
  | { kind: 'template'; name: string; pipeline?: Pipeline };

export interface Template {
  nodes: Node[];
  /** What `define` and `block` name. */
  defined: ReadonlyMap<string, Node[]>;
}

/** The deepest nesting in common use stays under a tenth of it. */
const MAX_DEPTH = 100;
const KEYWORDS = new Set(['if', 'else', 'end', 'range', 'with', 'define', 'template', 'block', 'break', 'continue']);

/** Parses a Go template; which functions there are is asked when it is executed. */
export function parseTemplate(text: string, isFunction: (name: string) => boolean): Template {
  const tokens = lex(text);
  const defined = new Map<string, Node[]>();
  let at = 0;
  let depth = 0;
  let loops = 0;
  // Variables that are declared at this point, innermost last.
  let scope = ['$'];

  const peek = () => tokens[at];
  const next = () => tokens[at++];
  const skipSpace = () => {
    while (peek()?.kind === 'space') at++;
  };
  const keyword = () => {
    const [open, first] = [tokens[at], tokens[at + 1]?.kind === 'space' ? tokens[at + 2] : tokens[at + 1]];
    return open?.kind === 'open' && first?.kind === 'identifier' && KEYWORDS.has(first.text) ? first.text : undefined;
  };
  const takeKeyword = () => {
    next();
    skipSpace();
    next();
    skipSpace();
  };
  const close = (after: string) => {
    skipSpace();
    if (next()?.kind !== 'close') throw refused(`unexpected operand after \`${after}\``);
  };

  const nodes = nodesUntil([]);
  if (at < tokens.length) throw refused(`unexpected {{${keyword()}}}`);
  return { nodes, defined };

  function nodesUntil(ends: readonly string[]): Node[] {
    if (++depth > MAX_DEPTH) throw unsupported(`the template is nested more than ${MAX_DEPTH} levels deep`);
    const found: Node[] = [];
    for (let token = peek(); token; token = peek()) {
      const word = keyword();
      if (word === 'end' || word === 'else') {
        if (!ends.includes(word)) throw refused(`unexpected {{${word}}}`);
        break;
      }
      if (token.kind === 'text') {
        next();
        found.push({ kind: 'text', text: token.text });
      } else found.push(...action(word));
    }
    depth--;
    return found;
  }

  function action(word: string | undefined): Node[] {
    if (word === undefined) {
      next();
      skipSpace();
      const printed = pipeline('command');
      close('command');
      return [{ kind: 'print', pipeline: printed }];
    }
    takeKeyword();
    if (word === 'if' || word === 'with' || word === 'range') return [control(word)];
    if (word === 'break' || word === 'continue') {
      close(word);
      if (loops === 0) throw refused(`{{${word}}} outside {{range}}`);
      return [{ kind: word }];
    }
    return named(word);
  }

  function control(kind: 'if' | 'with' | 'range'): Node {
    const outer = scope;
    scope = [...scope];
    const head = pipeline(kind);
    close(kind);
    if (kind === 'range') loops++;
    const body = nodesUntil(['end', 'else']);
    if (kind === 'range') loops--;
    const otherwise = elseOf(kind);
    scope = outer;
    return { kind, pipeline: head, body, otherwise };
  }

  /** Behind the body: `end`, or `else` with what follows; `else if` and `else with` share the `end`. */
  function elseOf(kind: 'if' | 'with' | 'range'): Node[] {
    const word = keyword();
    if (word === undefined) throw refused('unexpected end of the template: {{end}} is missing');
    takeKeyword();
    if (word === 'end') {
      close('end');
      return [];
    }
    const follow = peek();
    if (follow?.kind === 'identifier' && follow.text === kind && kind !== 'range') {
      next();
      skipSpace();
      return [control(kind)];
    }
    close('else');
    const otherwise = nodesUntil(['end']);
    if (keyword() === undefined) throw refused('unexpected end of the template: {{end}} is missing');
    takeKeyword();
    close('end');
    return otherwise;
  }

  /** `define`, `block` and `template`. */
  function named(word: string): Node[] {
    const name = next();
    if (name?.kind !== 'string') throw refused(`{{${word}}} needs a quoted name`);
    const text = unquote(name.text);
    skipSpace();
    if (word === 'template') {
      const node: Node = { kind: 'template', name: text };
      if (peek()?.kind !== 'close') node.pipeline = pipeline(word);
      close(word);
      return [node];
    }
    const argument = word === 'block' ? pipeline(word) : undefined;
    close(word);
    const outer = { scope, loops };
    scope = ['$'];
    loops = 0;
    const body = nodesUntil(['end']);
    ({ scope, loops } = outer);
    if (keyword() === undefined) throw refused('unexpected end of the template: {{end}} is missing');
    takeKeyword();
    close('end');
    defined.set(text, body);
    return argument ? [{ kind: 'template', name: text, pipeline: argument }] : [];
  }

  function pipeline(context: string): Pipeline {
    if (++depth > MAX_DEPTH) throw unsupported(`the template is nested more than ${MAX_DEPTH} levels deep`);
    skipSpace();
    const { variables, assigns } = declarations(context);
    const commands: Command[] = [];
    for (;;) {
      commands.push(command());
      skipSpace();
      const token = peek();
      if (token?.kind !== 'mark' || token.text !== '|') break;
      next();
      skipSpace();
    }
    for (const [index, [first]] of commands.entries()) {
      if (first?.kind === 'nil') throw refused('nil is not a command');
      if (index > 0 && (first?.kind === 'constant' || first?.kind === 'dot'))
        throw refused('a command behind `|` must be a function');
    }
    depth--;
    if (!assigns) scope.push(...variables);
    return { variables, assigns, commands };
  }

  function declarations(context: string): { variables: string[]; assigns: boolean } {
    const names: string[] = [];
    let ahead = at;
    const skip = () => {
      while (tokens[ahead]?.kind === 'space') ahead++;
    };
    for (;;) {
      const token = tokens[ahead];
      if (token?.kind !== 'variable') break;
      names.push(token.text);
      ahead++;
      skip();
      const mark = tokens[ahead];
      if (mark?.kind !== 'mark') break;
      if (mark.text === ':=' || mark.text === '=') {
        if (names.length > (context === 'range' ? 2 : 1)) throw refused(`too many declarations in ${context}`);
        const assigns = mark.text === '=';
        for (const name of names) if (assigns && !scope.includes(name)) throw refused(`undefined variable ${name}`);
        at = ahead + 1;
        skipSpace();
        return { variables: names, assigns };
      }
      if (mark.text !== ',') break;
      ahead++;
      skip();
    }
    return { variables: [], assigns: false };
  }

  function command(): Command {
    const operands: Operand[] = [];
    for (;;) {
      const found = operand();
      if (!found) break;
      operands.push(found);
      const token = peek();
      if (token?.kind !== 'space') {
        if (startsOperand(token)) throw refused('operands must stand apart');
        break;
      }
      skipSpace();
    }
    if (operands.length === 0) throw refused('an empty command');
    return operands;
  }

  function operand(): Operand | undefined {
    const token = peek();
    if (!token || !startsOperand(token)) return undefined;
    next();
    if (token.kind === 'field') return { kind: 'field', fields: [token.text.slice(1), ...chain()] };
    if (token.kind === 'variable') {
      if (!scope.includes(token.text)) throw refused(`undefined variable ${token.text}`);
      return { kind: 'variable', name: token.text, fields: chain() };
    }
    if (token.kind === 'mark' && token.text === '(') {
      const inner = pipeline('parenthesis');
      skipSpace();
      const end = next();
      if (end?.kind !== 'mark' || end.text !== ')') throw refused('a parenthesis is not closed');
      return { kind: 'pipeline', pipeline: inner, fields: chain() };
    }
    const simple = simpleOperand(token);
    if (chain().length > 0)
      throw simple.kind === 'function'
        ? unsupported(`a field of the function \`${simple.name}\` without parentheses`)
        : refused(`unexpected . after term`);
    return simple;
  }

  function simpleOperand(token: Token): Operand {
    if (token.kind === 'string') return { kind: 'constant', value: unquote(token.text) };
    if (token.kind === 'number') return { kind: 'constant', value: numberOf(token.text) };
    if (token.kind !== 'identifier') return { kind: 'dot' };
    if (token.text === 'true' || token.text === 'false') return { kind: 'constant', value: token.text === 'true' };
    if (token.text === 'nil') return { kind: 'nil' };
    if (KEYWORDS.has(token.text)) throw refused(`unexpected \`${token.text}\` in a command`);
    if (!isFunction(token.text)) throw refused(`there is no function \`${token.text}\``);
    return { kind: 'function', name: token.text };
  }

  function chain(): string[] {
    const fields: string[] = [];
    for (let token = peek(); token?.kind === 'field'; token = peek()) {
      fields.push(token.text.slice(1));
      next();
    }
    return fields;
  }
}

function startsOperand(token: Token | undefined): boolean {
  if (!token) return false;
  if (token.kind === 'mark') return token.text === '.' || token.text === '(';
  return token.kind !== 'text' && token.kind !== 'open' && token.kind !== 'close' && token.kind !== 'space';
}

/** An int where it can be one, else a float64. */
function numberOf(text: string): bigint | number {
  const plain = text.replaceAll('_', '');
  if (/^[+-]?(?:0|[1-9][0-9]*)$/.test(plain)) return BigInt(plain.replace('+', ''));
  if (/^[0-9.]+(?:[eE][+-]?[0-9]+)?$/.test(plain.replace(/^[+-]/, '')) && /[.eE]/.test(plain)) return Number(plain);
  throw unsupported(`the number ${text}`);
}
