import { isRecord } from '../../resources/value.ts';
import { refused, within } from '../expansion-error.ts';
import { fromJson, type GoMap, mapOf } from '../go-template/value.ts';
import { readYaml } from '../read-yaml.ts';
import type { Generate } from './generator.ts';

/** `list`: the elements as they stand, then those of `elementsYaml`. */
export const listGenerator: Generate = (spec, { goTemplate }) => {
  const elements: unknown[] = Array.isArray(spec['elements']) ? spec['elements'] : [];
  const own = elements.map((element, index) =>
    within(['elements', index], () => {
      if (!isRecord(element ?? {})) throw refused('an element must be a map');
      const record = (element ?? {}) as Record<string, unknown>;
      return goTemplate ? mapOf(record) : texts(record);
    }),
  );
  const text = spec['elementsYaml'];
  return typeof text === 'string' && text !== '' ? [...own, ...within(['elementsYaml'], () => fromYaml(text))] : own;
};

/** Without Go templates every value is a text, and `values` a map of texts. */
function texts(element: Record<string, unknown>): GoMap {
  const parameters: GoMap = new Map();
  const add = (name: string, value: unknown) => {
    if (typeof value !== 'string')
      throw refused(`\`${name}\` must be a text: without \`goTemplate\`, elements hold nothing else`);
    parameters.set(name, value);
  };
  for (const [key, value] of Object.entries(element)) {
    if (key !== 'values') add(key, value);
    else if (!isRecord(value)) throw refused('`values` must be a map');
    else for (const [name, text] of Object.entries(value)) add(`values.${name}`, text);
  }
  return parameters;
}

function fromYaml(text: string): GoMap[] {
  const elements = readYaml(text) ?? [];
  if (!Array.isArray(elements) || !elements.every((element) => isRecord(element ?? {})))
    throw refused('the text must be a YAML list of maps');
  return elements.map((element) => fromJson(element ?? {}) as GoMap);
}
