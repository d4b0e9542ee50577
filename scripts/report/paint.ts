const CODES = { bold: 1, dim: 2, red: 31, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof CODES;
export type Paint = (style: Style, text: string) => string;

/** Colours text for a terminal, or leaves it as it is. */
export function painter(color: boolean): Paint {
  return (style, text) => (color && text !== '' ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}
