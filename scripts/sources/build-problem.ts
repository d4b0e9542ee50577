import type { Layer } from './layer.ts';
import { layersOf } from './repository.ts';

/**
 * Why kustomize must not be run on a layer: its sources reach into the network or out of the repository, or are hostile or broken.
 * kustomize itself has no bound: it writes every alias out, and a file of a kilobyte can so take all memory.
 * `npm run validate` has the same as findings.
 */
export function buildProblem(layer: Layer): string | undefined {
  for (const { problems, file, resources, patches, others } of layersOf(layer)) {
    const [problem] = problems;
    if (problem) return `${problem.file.path}: ${problem.message}`;
    for (const { path, problems: found } of [file, ...resources, ...patches.map((patch) => patch.file), ...others])
      if (found[0]) return `${path}: ${found[0].message}`;
  }
  return undefined;
}
