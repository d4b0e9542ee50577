import { refused } from './expansion-error.ts';
import type { GoMap } from './go-template/value.ts';

/** Text of the old form of templates: `{{name}}` where the parameters have it, the tag as it stands where they do not. */
export function renderFastTemplate(text: string, parameters: GoMap): string {
  // Argo CD looks for a pair on one line before it looks at the text at all.
  if (!/\{\{.*\}\}/.test(text)) return text;
  let output = '';
  let at = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', open + 2);
    if (close < 0) throw refused('a `{{` is not closed by `}}`');
    const tag = text.slice(open + 2, close);
    const value = parameters.get(tag.trim());
    output += text.slice(at, open) + (tag.trim() !== '' && typeof value === 'string' ? value : `{{${tag}}}`);
    at = close + 2;
  }
  return output + text.slice(at);
}
