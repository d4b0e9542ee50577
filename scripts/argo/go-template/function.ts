import { ExpansionError, refused } from '../expansion-error.ts';
import { type GoMap, Int64, StringMap, typeName } from './value.ts';

/** What a parameter takes; `...` before it, at the end of the list: any number of them. */
export type Parameter = 'any' | 'string' | 'int' | 'bool' | 'map';

export interface TemplateFunction {
  parameters: readonly Parameter[];
  /** The type of all further arguments. */
  rest?: Parameter;
  call(args: readonly unknown[]): unknown;
}

export type Functions = Readonly<Record<string, TemplateFunction>>;

/** A function of fixed arguments. */
export function fixed(parameters: readonly Parameter[], call: (...args: never[]) => unknown): TemplateFunction {
  return { parameters, call: (args) => (call as (...all: readonly unknown[]) => unknown)(...args) };
}

/** A function whose last parameter repeats. */
export function variadic(
  parameters: readonly Parameter[],
  rest: Parameter,
  call: (...args: never[]) => unknown,
): TemplateFunction {
  return { ...fixed(parameters, call), rest };
}

/** Calls a function as text/template does: the types must be those of the parameters, nothing is converted. */
export function callFunction(
  name: string,
  { parameters, rest, call }: TemplateFunction,
  args: readonly unknown[],
): unknown {
  const isCountRight = rest ? args.length >= parameters.length : args.length === parameters.length;
  if (!isCountRight) {
    const expected = `${rest ? 'at least ' : ''}${parameters.length}`;
    throw refused(`wrong number of arguments for \`${name}\`: ${expected} expected, ${args.length} given`);
  }
  const typed = args.map((arg, index) => typedArgument(name, arg, parameters[index] ?? (rest as Parameter)));
  try {
    return call(typed);
  } catch (error) {
    if (error instanceof ExpansionError) throw new ExpansionError(error.refusal, `\`${name}\`: ${error.message}`);
    throw error;
  }
}

function typedArgument(name: string, value: unknown, parameter: Parameter): unknown {
  if (parameter === 'any') return value ?? null;
  if (parameter === 'map' && value === undefined) return new Map() satisfies GoMap;
  const fits =
    parameter === 'map'
      ? value instanceof Map && !(value instanceof StringMap)
      : parameter === 'string'
        ? typeof value === 'string'
        : parameter === 'int'
          ? typeof value === 'bigint'
          : typeof value === 'boolean';
  if (fits) return value;
  const expected = parameter === 'map' ? 'map[string]interface {}' : parameter;
  const hint =
    parameter === 'int' && (value instanceof Int64 || typeof value === 'number') ? ': convert it with `int`' : '';
  throw refused(`wrong type of argument for \`${name}\`: expected ${expected}, got ${typeName(value)}${hint}`);
}
