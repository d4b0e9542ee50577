import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { scalar } from '../generate/scalar.ts';

/** The text of argocd/rings.yaml with another revision for a ring, and every other byte as it was. */
export function withRevision(text: string, ring: string, revision: string): string {
  const rings = parseDocument(text).get('rings');
  const item = isSeq(rings) ? rings.items.find((one) => isMap(one) && one.get('name') === ring) : undefined;
  const node = isMap(item) ? item.get('revision', true) : undefined;
  if (!isScalar(node) || !node.range) throw new Error(`argocd/rings.yaml has no revision of ring ${ring}`);
  const [start, end] = node.range;
  return `${text.slice(0, start)}${scalar(revision)}${text.slice(end)}`;
}
