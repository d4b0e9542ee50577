import type { ParsedNode } from 'yaml';
import { judgeDelivery } from '../argo/judge-delivery.ts';
import { manifestDelivery } from '../argo/manifest-delivery.ts';
import type { Finding, SourcePosition } from '../findings/finding.ts';
import { type FieldPath, type RenderedObject, refOf } from '../resources/kube-object.ts';
import { isRecord } from '../resources/value.ts';
import { manifestRules, objectRules } from '../rules/registry.ts';
import type { ObjectProblem } from '../rules/rule.ts';
import { isKubeObject } from '../sources/declaration.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { parseYaml, plainValue, positionAt, type YamlFile } from '../yaml/yaml-file.ts';
import { mergeFindings, objectFinding, sourceFinding } from './to-finding.ts';

/** A rendered stream may be large; a file of the repository may not. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

export interface ManifestFile {
  path: string;
  text: string;
}

export interface ManifestCheck {
  findings: Finding[];
  objects: RenderedObject[];
}

/**
 * Runs the rules over manifests that someone hands in; findings point into these files.
 * @param complete nothing else exists, so that a reference to nothing is a finding
 */
export function checkManifests(inputs: readonly ManifestFile[], complete: boolean): ManifestCheck {
  const files = inputs.map(({ path, text }) => parseYaml(path, text, { maxBytes: MAX_MANIFEST_BYTES }));
  const placed = files.flatMap(placedObjects);
  const places = new Map(placed.map((place) => [place.object, place]));
  const objects = [...places.keys()];
  const target = { name: 'manifests', objects, complete };
  const ofObjects = objectRules
    .flatMap((rule) => [...rule.check(target)])
    .map((problem) => objectFinding(problem, target.name, sourceOf(problem, places.get(problem.object))));
  const ofSources = manifestRules
    .flatMap((check) => [...check(files)])
    .map((problem) => sourceFinding(problem, [target.name]));
  const ofDelivery = judgeDelivery(manifestDelivery(files, complete)).map((problem) =>
    sourceFinding(problem, [target.name]),
  );
  return { findings: mergeFindings([...ofSources, ...ofObjects, ...ofDelivery]), objects };
}

/** An object with the document that holds it; `within` leads to it inside a `kind: List`. */
interface Place {
  object: RenderedObject;
  file: YamlFile;
  root: ParsedNode | null;
  within: FieldPath;
}

function placedObjects(file: YamlFile): Place[] {
  const found = (value: unknown, root: ParsedNode | null, within: FieldPath): Place[] => {
    if (isRecord(value) && value['kind'] === 'List' && Array.isArray(value['items'])) {
      return value['items'].flatMap((item, index) => found(item, root, [...within, 'items', index]));
    }
    if (!isKubeObject(value)) return [];
    return [{ object: { ref: refOf(value), value, origin: file.path }, file, root, within }];
  };
  return file.documents.flatMap((document) => found(plainValue(document), document.contents, []));
}

/** The field of a problem, or the nearest parent that stands in the file. */
function sourceOf({ path, at }: ObjectProblem, place: Place | undefined): SourcePosition {
  if (!place) return { file: '-', line: 1, column: 1 };
  for (let length = path.length; length >= 0; length--) {
    const located = locate(place.root, [...place.within, ...path.slice(0, length)]);
    if (located) return positionAt(place.file, rangeOf(located, length === path.length ? at : undefined));
  }
  return positionAt(place.file, [0, 0]);
}
