import { ExpansionError, refused, unsupported } from '../expansion-error.ts';
import { callFunction, type Functions } from './function.ts';
import type { Command, Control, Node, Operand, Pipeline, Template } from './parse.ts';
import { Int64, isTrue, printed, type StringMap, sortedEntries, typeName } from './value.ts';

/** What a key that a map does not have is: nothing, an error, or the zero value of the map's values. */
export type MissingKey = 'default' | 'error' | 'zero';

/** A template of an Application stays under a thousandth of it. */
const MAX_STEPS = 100_000;
const MAX_OUTPUT = 1024 * 1024;
const MAX_CALLS = 100;

interface Variable {
  name: string;
  value: unknown;
}

/** Text of a template for the data. What Go's text/template refuses is thrown as an ExpansionError. */
export function executeTemplate(
  template: Template,
  data: unknown,
  missingKey: MissingKey,
  functions: Functions,
): string {
  let output = '';
  let steps = 0;
  let calls = 0;
  let variables: Variable[] = [{ name: '$', value: data }];

  walk(template.nodes, data);
  return output;

  function write(text: string): void {
    output += text;
    if (output.length > MAX_OUTPUT) throw unsupported(`the template prints more than ${MAX_OUTPUT / 1024} KiB`);
  }

  /** `break` and `continue` end the list; the loop looks at the result. */
  function walk(nodes: readonly Node[], dot: unknown): 'break' | 'continue' | undefined {
    for (const node of nodes) {
      if (++steps > MAX_STEPS) throw unsupported(`the template takes more than ${MAX_STEPS} steps`);
      if (node.kind === 'text') write(node.text);
      else if (node.kind === 'print') print(node.pipeline, dot);
      else if (node.kind === 'template') callTemplate(node, dot);
      else if ('body' in node) {
        const stop = node.kind === 'range' ? loop(node, dot) : choose(node, node.kind, dot);
        if (stop) return stop;
      } else return node.kind;
    }
    return undefined;
  }

  function scoped<T>(run: () => T): T {
    const { length } = variables;
    const result = run();
    variables.length = length;
    return result;
  }

  function print(pipeline: Pipeline, dot: unknown): void {
    const value = evaluate(pipeline, dot);
    if (pipeline.variables.length > 0) return;
    write(value === undefined ? '<no value>' : printed(value));
  }

  function choose(node: Control, kind: 'if' | 'with', dot: unknown): 'break' | 'continue' | undefined {
    return scoped(() => {
      const value = evaluate(node.pipeline, dot);
      if (isTrue(value)) return walk(node.body, kind === 'with' ? value : dot);
      return walk(node.otherwise, dot);
    });
  }

  function loop(node: Control, dot: unknown): 'break' | 'continue' | undefined {
    return scoped(() => {
      const value = evaluate(node.pipeline, dot);
      const entries = entriesOf(value);
      const [first, second] = node.pipeline.variables;
      for (const [key, element] of entries) {
        const stop = scoped(() => {
          if (second !== undefined) setVariable(first as string, key, node.pipeline.assigns);
          if (first !== undefined) setVariable(second ?? first, element, node.pipeline.assigns);
          return walk(node.body, element);
        });
        if (stop === 'break') break;
      }
      return entries.length === 0 ? walk(node.otherwise, dot) : undefined;
    });
  }

  function setVariable(name: string, value: unknown, assigns: boolean): void {
    const known = assigns ? variables.findLast((variable) => variable.name === name) : undefined;
    if (known) known.value = value;
    else variables.push({ name, value });
  }

  function callTemplate(node: Extract<Node, { kind: 'template' }>, dot: unknown): void {
    const body = template.defined.get(node.name);
    if (!body) throw refused(`there is no template ${JSON.stringify(node.name)}`);
    if (++calls > MAX_CALLS) throw unsupported(`templates call each other more than ${MAX_CALLS} times`);
    const value = node.pipeline ? evaluate(node.pipeline, dot) : undefined;
    const outer = variables;
    variables = [{ name: '$', value }];
    walk(body, value);
    variables = outer;
    calls--;
  }

  function evaluate(pipeline: Pipeline, dot: unknown): unknown {
    if (++steps > MAX_STEPS) throw unsupported(`the template takes more than ${MAX_STEPS} steps`);
    let value: unknown;
    for (const [index, command] of pipeline.commands.entries()) {
      // A nil that came out of a map or a function is as if nothing had.
      value = evaluateCommand(command, dot, index > 0 ? [value] : []) ?? undefined;
    }
    // The loop sets its own, for each element.
    for (const name of pipeline.variables.length === 1 || pipeline.assigns ? pipeline.variables : [])
      setVariable(name, value, pipeline.assigns);
    return value;
  }

  function evaluateCommand(command: Command, dot: unknown, piped: readonly unknown[]): unknown {
    const [first, ...rest] = command as [Operand, ...Operand[]];
    if (first.kind === 'function') return callNamed(first.name, rest, dot, piped);
    if (rest.length > 0 || piped.length > 0) {
      throw refused(
        first.kind === 'field'
          ? `\`.${first.fields.join('.')}\` is not a method but has arguments`
          : 'arguments are given to what is no function',
      );
    }
    return operandValue(first, dot);
  }

  function callNamed(name: string, args: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
    if (name === 'and' || name === 'or') return logical(name, args, dot, piped);
    const known = functions[name];
    if (!known) throw unsupported(`the template function \`${name}\``);
    return callFunction(name, known, [...args.map((arg) => operandValue(arg, dot)), ...piped]);
  }

  /** The first argument that decides; those behind it are not evaluated. */
  function logical(name: 'and' | 'or', args: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
    if (args.length + piped.length === 0) throw refused(`\`${name}\` needs an argument`);
    let value: unknown;
    for (const arg of args) {
      value = operandValue(arg, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  function operandValue(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'constant':
        return operand.value;
      case 'field':
        return fieldsOf(dot, operand.fields);
      case 'variable':
        return fieldsOf(variables.findLast(({ name }) => name === operand.name)?.value, operand.fields);
      case 'pipeline':
        return fieldsOf(evaluate(operand.pipeline, dot), operand.fields);
      case 'function':
        return callNamed(operand.name, [], dot, []);
    }
  }

  function fieldsOf(value: unknown, fields: readonly string[]): unknown {
    return fields.reduce(fieldOf, value);
  }

  function fieldOf(value: unknown, field: string): unknown {
    if (value === undefined) {
      if (missingKey === 'error') throw missing(field);
      return undefined;
    }
    if (value === null) throw refused(`\`${field}\` is taken of nil`);
    if (!(value instanceof Map))
      throw refused(`\`${field}\` is taken of a value that has no fields (${typeName(value)})`);
    if (value.has(field)) return value.get(field);
    if (missingKey === 'error') throw missing(field);
    if (missingKey === 'zero') return isOfText(value) ? '' : null;
    return undefined;
  }
}

function isOfText(map: Map<string, unknown>): map is StringMap {
  return typeName(map) === 'map[string]string';
}

function missing(key: string): ExpansionError {
  return new ExpansionError('missing-key', `the parameters have no key \`${key}\``);
}

function entriesOf(value: unknown): (readonly [unknown, unknown])[] {
  if (value === undefined || value === null) return [];
  if (value instanceof Map) return sortedEntries(value);
  if (Array.isArray(value)) return value.map((element, index) => [BigInt(index), element] as const);
  const count = value instanceof Int64 ? value.value : value;
  if (typeof count !== 'bigint') throw refused(`range cannot go over ${typeName(value)}`);
  if (count > BigInt(MAX_STEPS)) throw unsupported(`a loop of ${count} rounds`);
  return Array.from({ length: Number(count < 0n ? 0n : count) }, (_, index) => [BigInt(index), BigInt(index)] as const);
}
