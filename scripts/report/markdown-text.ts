import { oneLine } from './text.ts';
import { clip } from './wrap.ts';

/** Longest comment that GitHub takes. */
export const MAX_COMMENT = 65_536;
const MAX_TEXT = 800;

/** A code block whose fence is longer than any fence in it. */
export function fenced(text: string, language = 'text'): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** One line of prose by others; what it puts in backticks becomes code. */
export function prose(text: string): string {
  const parts = clip(oneLine(text), MAX_TEXT).split(/`([^`]+)`/);
  return parts.map((part, at) => (at % 2 === 1 ? codeText(part) : withoutReferences(escapeMarkdown(part)))).join('');
}

/** GitHub makes no mention, reference or emoji of what stands in `<code>`. */
export function codeText(text: string): string {
  return `<code>${escapeMarkdown(clip(oneLine(text), MAX_TEXT))}</code>`;
}

/** For text on one line. Character references can neither open nor close anything, in Markdown, in a table cell and in HTML alike. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>&|~!#@$"'^=]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('://', '&#58;//')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);
}

/** A zero-width space keeps `@name` and `#12` from notifying a person or linking an issue. */
function withoutReferences(escaped: string): string {
  return escaped.replaceAll('&#64;', '&#64;&#8203;').replaceAll('&#35;', '&#35;&#8203;');
}
