import { isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml';
import { isRecord } from '../resources/value.ts';
import { parseYaml, plainValue, type Range, type YamlFile } from '../yaml/yaml-file.ts';
import type { PatchSelector } from './kustomization-schema.ts';

export interface JsonOperation {
  op: string;
  /** The pointer, split: list positions are still text, `-` means the end of a list. */
  path: readonly string[];
  value: unknown;
  /** The whole operation. */
  node: ParsedNode;
  valueNode?: ParsedNode;
}

export type PatchDocument =
  | { type: 'merge'; root: ParsedNode; value: Record<string, unknown> }
  | { type: 'json'; operations: readonly JsonOperation[] };

/** One item of `patches:` with the documents of its file. */
export interface Patch {
  /** Text of the patch: its own file, or the block inside the kustomization. */
  file: YamlFile;
  /** Range of the item in the kustomization. */
  entry: Range;
  target?: PatchSelector;
  documents: readonly PatchDocument[];
}

/** Reads the documents of a patch: a list is a JSON patch (RFC 6902), a map a strategic merge patch. */
export function patchDocuments(file: YamlFile): PatchDocument[] {
  return file.documents.flatMap((document): PatchDocument[] => {
    const root = document.contents;
    const value = plainValue(document);
    if (isSeq(root)) return [{ type: 'json', operations: root.items.flatMap((item) => operation(item as ParsedNode)) }];
    return isMap(root) && isRecord(value) ? [{ type: 'merge', root: root as ParsedNode, value }] : [];
  });
}

function operation(node: ParsedNode): JsonOperation[] {
  if (!isMap(node)) return [];
  const { op, path, value } = node.toJSON() as Record<string, unknown>;
  if (typeof op !== 'string' || typeof path !== 'string') return [];
  const valueNode = node.get('value', true) as ParsedNode | undefined;
  return [{ op, path: splitPointer(path), value, node: node as ParsedNode, ...(valueNode ? { valueNode } : {}) }];
}

export function splitPointer(pointer: string): string[] {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** An inline patch (`patch: |-`) as a file of its own whose positions are those of the kustomization. */
export function inlinePatchFile(kustomization: YamlFile, node: Scalar.Parsed): YamlFile {
  const start = kustomization.lines.linePos(node.range[0]);
  const lines = kustomization.text.split('\n');
  const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
  const firstLine = lines.slice(start.line).find((line) => line.trim() !== '') ?? '';
  const within = isBlock
    ? { line: start.line, column: firstLine.length - firstLine.trimStart().length }
    : { line: start.line - 1, column: start.col };
  return parseYaml(kustomization.path, String(node.value), { within });
}
