import { entriesOf, recordOf, textOf } from '../../resources/fields.ts';
import { floatingReason, parseImage } from '../../resources/image-reference.ts';
import type { FieldPath } from '../../resources/kube-object.ts';
import { indexTarget } from '../../resources/target-index.ts';
import { describeWorkload, type Workload } from '../../resources/workloads.ts';
import type { CodeInfo, ObjectRule } from '../rule.ts';
import { DEPLOYMENT, edit } from './example.ts';

const imageNotPinned: CodeInfo = {
  code: 'K8S025',
  slug: 'image-not-pinned',
  severity: 'error',
  title: 'the image is pinned by neither an exact version nor a digest',
  why: 'The tag is resolved anew on every node: a restart or a scale-up brings in an image that nobody reviewed, pods of one Deployment run different code, and reverting the commit brings nothing back. Kubernetes reads a missing tag as `latest` and then pulls at every start.',
  fix: 'Use an exact version, best together with its digest: `name:1.4.2@sha256:...`.',
  bad: edit(DEPLOYMENT, { 'api-gateway:1.4.2': 'api-gateway:v1' }),
  good: edit(DEPLOYMENT, { 'api-gateway:1.4.2': 'api-gateway:v1.4.2' }),
};

export const imageNotPinnedRule: ObjectRule = {
  codes: [imageNotPinned],
  *check(target) {
    for (const workload of indexTarget(target).workloads) {
      for (const { user, image, path } of imagesOf(workload)) {
        const reason = floatingReason(parseImage(image));
        if (reason === undefined) continue;
        const message = `image \`${image}\` of ${user} in ${describeWorkload(workload)} ${reason}`;
        yield { code: imageNotPinned, object: workload.object, path, message };
      }
    }
  },
};

/** What Istio replaces with the proxy of the mesh when it injects a gateway. */
const INJECTED_IMAGE = 'auto';

function imagesOf({ containers, template }: Workload): { user: string; image: string; path: FieldPath }[] {
  const ofContainers = containers.map(({ name, value, path }) => {
    return { user: `container \`${name}\``, image: textOf(value['image']), path: [...path, 'image'] };
  });
  const ofVolumes = entriesOf(template.spec['volumes']).map(({ value, index }) => {
    const path = [...template.path, 'spec', 'volumes', index, 'image', 'reference'];
    return { user: `volume \`${String(value['name'])}\``, image: textOf(recordOf(value['image'])['reference']), path };
  });
  return [...ofContainers, ...ofVolumes].flatMap(({ user, image, path }) => {
    return image && image !== INJECTED_IMAGE ? [{ user, image, path }] : [];
  });
}
