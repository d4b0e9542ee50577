import type { FieldPath } from '../../../resources/kube-object.ts';
import { nearest } from '../../../resources/nearest.ts';
import type { FieldNode } from './node.ts';

/** Where a field that is unknown at its place is most likely wanted, and in which words to say so. */
export interface FieldAdvice {
  message: string;
  fix?: string;
}

/** Field names are listed in full up to this many. */
const LISTED = 8;
/** No field that people write by hand stands deeper than `spec.template.spec.containers[].livenessProbe.httpGet.port`. */
const DEEPEST = 8;

/**
 * What to say of an unknown field: a spelling one letter away, then the nearest place where the kind has a field of exactly this name,
 * then a spelling further away.
 */
export function adviseUnknownField(root: FieldNode, parent: FieldNode, path: FieldPath): FieldAdvice {
  const name = String(path.at(-1));
  const place = dotted(path.slice(0, -1));
  const message = `unknown field \`${name}\`${place ? ` in \`${place}\`` : ''}`;
  const known = [...(parent.fields?.keys() ?? [])].sort();
  const slip = nearest(name, known, 1);
  const elsewhere = slip === undefined ? findField(root, name, path.slice(0, -1)) : undefined;
  if (elsewhere) {
    return {
      message: `${message}; this kind has it at \`${elsewhere}\``,
      fix: `Move the field to \`${elsewhere}\`, or remove it.`,
    };
  }
  const spelling = slip ?? nearest(name, known);
  if (spelling)
    return { message: `${message}; did you mean \`${spelling}\`?`, fix: `Rename the field to \`${spelling}\`.` };
  if (known.length === 0) return { message: `${message}, which has no fields` };
  return known.length > LISTED ? { message } : { message: `${message}; known there: ${known.join(', ')}` };
}

interface Place {
  node: FieldNode;
  path: FieldPath;
}

/** The path to a field of this name below `from`, or below the closest object around it. */
function findField(root: FieldNode, name: string, from: FieldPath): string | undefined {
  for (const place of placesAlong(root, from).reverse()) {
    const found = findBelow(place, name);
    if (found) return dotted(found);
  }
  return undefined;
}

/** The root and every object on the way down a path. */
function placesAlong(root: FieldNode, path: FieldPath): Place[] {
  const places: Place[] = [{ node: root, path: [] }];
  for (const [index, step] of path.entries()) {
    const { node } = places.at(-1) as Place;
    const next = typeof step === 'number' ? node.items?.() : (node.fields?.get(step) ?? node.values)?.();
    if (!next) break;
    places.push({ node: next, path: path.slice(0, index + 1) });
  }
  return places;
}

function findBelow(start: Place, name: string): FieldPath | undefined {
  const seen = new Set<FieldNode>();
  let level = [start];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const hit = level.find(({ node }) => node.fields?.has(name));
    if (hit) return [...hit.path, name];
    level = level.flatMap(children).filter(({ node }) => !seen.has(node) && seen.add(node));
  }
  return undefined;
}

/** Nobody writes a status, and what stands in the metadata of an object is not of its kind. */
function children({ node, path }: Place): Place[] {
  const fields = [...(node.fields ?? [])].filter(
    ([name]) => path.length > 0 || (name !== 'status' && name !== 'metadata'),
  );
  return fields.map(([name, get]) => {
    const field = get();
    return field.items ? { node: field.items(), path: [...path, name, '[]'] } : { node: field, path: [...path, name] };
  });
}

/** `spec.containers[0].ports`: how people write a field path. */
export function dotted(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (step === '[]') return `${text}[]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
