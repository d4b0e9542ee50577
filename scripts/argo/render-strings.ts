import { isRecord } from '../resources/value.ts';
import { within } from './expansion-error.ts';
import { renderFastTemplate } from './fast-template.ts';
import { renderGoTemplate } from './go-template/go-template.ts';
import type { GoMap } from './go-template/value.ts';

/** How the templates of one ApplicationSet are rendered. */
export interface TemplateMode {
  goTemplate: boolean;
  options: readonly string[];
}

export function renderText(text: string, parameters: GoMap, { goTemplate, options }: TemplateMode): string {
  return goTemplate ? renderGoTemplate(text, parameters, options) : renderFastTemplate(text, parameters);
}

/** Renders every text of a value, and every key of its maps; what is nil in a map is left out, as Argo CD does. */
export function renderStrings(value: unknown, parameters: GoMap, mode: TemplateMode): unknown {
  if (typeof value === 'string') return renderText(value, parameters, mode);
  if (Array.isArray(value)) {
    return value.map((item, index) => within([index], () => renderStrings(item, parameters, mode)));
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  return Object.fromEntries(
    entries.map(([key, child]) =>
      within([key], () => [renderText(key, parameters, mode), renderStrings(child, parameters, mode)]),
    ),
  );
}
