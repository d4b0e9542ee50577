import { maskSpans } from './mask.ts';
import { redactFlags } from './redact-flags.ts';
import { namedSecrets } from './redact-named.ts';
import { secretFields } from './redact-objects.ts';
import { redactShapes } from './redact-shapes.ts';
import { scanMaps } from './scan-maps.ts';

/**
 * Hides secret values in source text before a frame or a page shows it: reports are published, and a finding about a plaintext
 * Secret must not spread it. Does not parse YAML, since files with syntax errors are shown too. Every hidden character becomes
 * one `*`, so that positions hold.
 */
export function redact(text: string): string {
  return redactFlags(redactShapes(text))
    .split(/^(?=---(?:\s|$))/m)
    .map(redactDocument)
    .join('');
}

function redactDocument(document: string): string {
  const maps = scanMaps(document);
  return maskSpans(document, [...namedSecrets(document, maps), ...secretFields(document, maps)]);
}
