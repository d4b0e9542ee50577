import type { Finding } from '../findings/finding.ts';
import { type KubeObject, type RenderedObject, refOf } from '../resources/kube-object.ts';
import { manifestRules, objectRules } from '../rules/registry.ts';
import { isKubeObject } from '../sources/declaration.ts';
import { locate, rangeOf } from '../yaml/locate.ts';
import { parseYaml, plainValue, positionAt, type YamlFile } from '../yaml/yaml-file.ts';
import { mergeFindings, objectFinding, sourceFinding } from './to-finding.ts';

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
  const files = inputs.map(({ path, text }) => parseYaml(path, text));
  const objects: RenderedObject[] = [];
  const places = new Map<RenderedObject, { file: YamlFile; document: number }>();
  for (const file of files) {
    for (const [document, node] of file.documents.entries()) {
      const value = plainValue(node);
      if (!isKubeObject(value)) continue;
      const object = { ref: refOf(value), value: value as KubeObject, origin: file.path };
      objects.push(object);
      places.set(object, { file, document });
    }
  }
  const target = { name: 'manifests', objects, complete };
  const ofObjects = objectRules
    .flatMap((rule) => [...rule.check(target)])
    .map((problem) => {
      const place = places.get(problem.object);
      const root = place?.file.documents[place.document]?.contents ?? null;
      for (let length = problem.path.length; place && length >= 0; length--) {
        const located = locate(root, problem.path.slice(0, length), problem.object.value);
        if (located) return objectFinding(problem, target.name, positionAt(place.file, rangeOf(located, problem.at)));
      }
      return objectFinding(problem, target.name, { file: place?.file.path ?? '-', line: 1, column: 1 });
    });
  const ofSources = manifestRules
    .flatMap((check) => [...check(files)])
    .map((problem) => sourceFinding(problem, [target.name]));
  return { findings: mergeFindings([...ofSources, ...ofObjects]), objects };
}
