import { indexTarget } from '../../resources/target-index.ts';
import { valueAt } from '../../resources/value.ts';
import { layersOf } from '../../sources/repository.ts';
import { locate, rangeOf } from '../../yaml/locate.ts';
import { positionAt } from '../../yaml/yaml-file.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const POD =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: example.com/web\n';

function tree(name: string): Record<string, string> {
  return {
    'overlays/demo/kustomization.yaml': `${HEAD}resources: [pod.yaml]\nimages:\n  - name: ${name}\n    newTag: "1.2.3"\n`,
    'overlays/demo/pod.yaml': POD,
  };
}

const unused: CodeInfo = {
  code: 'SRC021',
  slug: 'image-entry-unused',
  severity: 'error',
  title: 'an entry of `images` names an image that no container has',
  why: 'kustomize passes over the entry without a word: the version in it is deployed nowhere, and the container it was meant for keeps what the base says.',
  fix: 'Write the name exactly as the container does, or remove the entry.',
  bad: tree('example.com/webb'),
  good: tree('example.com/web'),
};

/** Names are compared with the images of the bases of the layer and of what it builds to, since the entry may rename them. */
export const imageEntryUnusedRule: SourceRule = {
  codes: [unused],
  *check({ repository, objectsOf }) {
    const built = [...repository.layers.map(({ folder }) => folder), ...repository.targets.map(({ name }) => name)];
    const images = new Set(built.flatMap((folder) => imagesIn(objectsOf(folder) ?? [])));
    if (images.size === 0) return;
    // What cannot be built may have the image; why it cannot is another finding.
    const unknown = new Set(
      repository.targets.filter(({ name }) => !objectsOf(name)).flatMap(({ layer }) => layersOf(layer)),
    );
    for (const { file, spec } of repository.layers.filter((layer) => !unknown.has(layer))) {
      for (const [index, entry] of (Array.isArray(spec.images) ? spec.images : []).entries()) {
        if (images.has(entry.name) || images.has(entry.newName ?? '')) continue;
        const at = locate(file.documents[0]?.contents ?? null, ['images', index, 'name']);
        yield {
          code: unused,
          source: positionAt(file, at ? rangeOf(at) : [0, 0]),
          message: `no container has the image \`${entry.name}\``,
        };
      }
    }
  },
};

/** Names without tag and digest. */
function imagesIn(objects: Parameters<typeof indexTarget>[0]['objects']): string[] {
  const { workloads } = indexTarget({ objects });
  const images = workloads.flatMap(({ containers }) => containers.map(({ value }) => valueAt(value, ['image'])));
  return images.flatMap((image) =>
    typeof image === 'string' ? image.replace(/@.*$/, '').replace(/:[^/:]*$/, '') : [],
  );
}
