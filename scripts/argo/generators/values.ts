import { recordOf } from '../../resources/fields.ts';
import { within } from '../expansion-error.ts';
import { type GoMap, StringMap } from '../go-template/value.ts';
import { renderText, type TemplateMode } from '../render-strings.ts';

/** Adds the `values` of a generator; they may use its parameters, and not each other. */
export function addValues(values: unknown, parameters: GoMap, mode: TemplateMode): void {
  const rendered = Object.entries(recordOf(values)).map(
    ([key, text]) => [key, within(['values', key], () => renderText(String(text), parameters, mode))] as const,
  );
  if (rendered.length === 0) return;
  if (mode.goTemplate) parameters.set('values', new StringMap(rendered));
  else for (const [key, text] of rendered) parameters.set(`values.${key}`, text);
}
