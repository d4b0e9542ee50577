import { isSecretValue, namesSecret } from '../resources/secret-like.ts';

/** `NAME: value` or `- NAME=value`. A bare `key` names an entry (`secretKeyRef`, selectors), never holds a secret. */
const PAIR = /^(\s*(?:-\s+)*["']?(?!key\b)([\w.-]+)["']?\s*[:=]\s*)(\S.*)$/;
/** An environment variable, over two lines or in one map. */
const VARIABLE = /(\bname["']?\s*:\s*["']?([\w.-]+)["']?\s*,?\s*["']?value["']?\s*:\s*)([^\n}]*)/g;
const BLOCK = /^[|>][-+0-9]*$/;

/** Hides values whose name says that they are secret, wherever they stand: in ConfigMaps, variables, literals and patches. */
export function redactNamed(text: string, mask: (secret: string) => string): string {
  const variables = text.replace(VARIABLE, (whole, before: string, name: string, value: string) =>
    isSecretValue(name, unquoted(value)) ? before + mask(value) : whole,
  );
  let block: number | undefined;
  const lines = variables.split('\n').map((line) => {
    const indent = line.search(/\S/);
    if (block !== undefined && (indent > block || indent < 0)) return mask(line);
    block = undefined;
    const [, before = '', name = '', value = ''] = PAIR.exec(line) ?? [];
    if (BLOCK.test(value) && namesSecret(name) === 'certain') block = indent;
    else if (isSecretValue(name, unquoted(value))) return before + mask(value);
    return line;
  });
  return lines.join('\n');
}

function unquoted(value: string): string {
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}
