import { visible } from './text.ts';

/** Text that is HTML or XML already. Only `markup` makes it, so that nothing reaches a document unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Piece = string | number | Markup | readonly Piece[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Template tag for HTML and XML: every value is escaped, for element content and for quoted attributes alike. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.reduce((text, part, at) => `${text}${pieceText(pieces[at - 1])}${part}`));
}

function pieceText(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'number') return String(piece);
  if (typeof piece === 'string')
    return visible(piece).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
  return piece.map(pieceText).join('');
}
