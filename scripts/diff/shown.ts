import { type Document, isNode, parseDocument, stringify } from 'yaml';
import { redact } from '../report/redact.ts';
import { redactShapes } from '../report/redact-shapes.ts';
import type { FieldPath, RenderedObject } from '../resources/kube-object.ts';
import { fieldText, type Held } from './field-changes.ts';
import type { ObjectChange } from './object-changes.ts';

/** A field as it may be published: values as YAML, secrets as `*`. */
export interface ShownField {
  path: string;
  before?: string;
  after?: string;
}

const HIDDEN = ' (another value)';

/** The fields of a change. A secret is known by the whole object around it, so whole objects are masked and fields cut out. */
export function shownFields({ before, after, fields }: ObjectChange): ShownField[] {
  const [old, now] = [before, after].map((object) => object && maskedObject(object));
  return fields.map((field) => {
    const [from, to] = [held(old, field.before), held(now, field.after)];
    const isHidden = from !== undefined && from === to;
    return {
      path: redactShapes(fieldText(field.path)),
      ...(from === undefined ? {} : { before: from }),
      ...(to === undefined ? {} : { after: isHidden ? `${to}${HIDDEN}` : to }),
    };
  });
}

/** A whole object as YAML, secrets masked. */
export function shownObject({ value }: RenderedObject): string {
  return redact(yamlOf(value));
}

interface Masked {
  text: string;
  document: Document;
}

function maskedObject({ value }: RenderedObject): Masked {
  const text = yamlOf(value);
  return { text: redact(text), document: parseDocument(text) };
}

function yamlOf(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

function held(object: Masked | undefined, field: Held | undefined): string | undefined {
  return object && field && textAt(object, field.at);
}

function textAt({ text, document }: Masked, path: FieldPath): string {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isNode(node) || !node.range) return '';
  const [start, end] = node.range;
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const isBlock = /^[|>]/.test(text.slice(start, end));
  const lines = text.slice(start, end).trimEnd().split('\n');
  // A block of text is indented by one level more than its key; everything else starts where its first line does.
  const indent = isBlock ? (lines[1] ?? '').length - (lines[1] ?? '').trimStart().length : column;
  const dedented = lines.map((line, at) =>
    at === 0 ? line : line.slice(Math.min(indent, line.length - line.trimStart().length)),
  );
  return (isBlock ? dedented.slice(1) : dedented).join('\n');
}
