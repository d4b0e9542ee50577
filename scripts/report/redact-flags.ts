import { isSecretValue } from '../resources/secret-like.ts';
import { maskSpans, type Span } from './mask.ts';

/**
 * `--password=x`, or `--token` and its value: the next word of a shell line, or the next item of a list on one line or over several.
 * Ends before the value, which may be a flag with a value of its own.
 */
const FLAG =
  /(?<![\w-])(["']?)--?([A-Za-z][\w.-]*)(?:(=)|\1(?:\s*,\s*|[^\S\n]*(?:#[^\n]*)?\n(?:\s*#[^\n]*\n){0,3}\s*-\s+|[^\S\n]+))/g;
const WORD = /"[^"\n]*"|'[^'\n]*'|[^\s,\]"']+/y;
/** To the end of the quotation that the flag opened. */
const QUOTED_WORD = { '"': /[^"\n]+/y, "'": /[^'\n]+/y };

/** Hides the values of command line flags that name a secret. */
export function redactFlags(text: string): string {
  const spans: Span[] = [];
  for (const { 0: head, 1: quote, 2: name = '', 3: assigned, index } of text.matchAll(FLAG)) {
    const start = index + head.length;
    const word = assigned && (quote === '"' || quote === "'") ? QUOTED_WORD[quote] : WORD;
    word.lastIndex = start;
    const written = word.exec(text)?.[0] ?? '';
    const value = written.replace(/^(["'])(.*)\1$/, '$2');
    if ((!assigned && value.startsWith('-')) || !isSecretValue(name, value)) continue;
    const margin = (written.length - value.length) / 2;
    spans.push([start + margin, start + margin + value.length]);
  }
  return maskSpans(text, spans);
}
