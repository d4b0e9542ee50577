import { recordOf } from '../resources/fields.ts';
import type { KubeObject } from '../resources/kube-object.ts';
import type { Cluster } from './generators/generator.ts';

const SECRET_TYPE = 'argocd.argoproj.io/secret-type';

/** The clusters that Secrets register with Argo CD, in the order of the names of the Secrets. */
export function clustersOf(objects: readonly KubeObject[]): Cluster[] {
  return objects
    .filter(({ kind, metadata }) => kind === 'Secret' && metadata.labels?.[SECRET_TYPE] === 'cluster')
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map(({ data, stringData, metadata }) => {
      const encoded = recordOf(data);
      const plain = recordOf(stringData);
      const field = (name: string) =>
        typeof plain[name] === 'string' ? plain[name] : Buffer.from(String(encoded[name] ?? ''), 'base64').toString();
      return {
        name: field('name'),
        server: field('server'),
        project: field('project'),
        labels: metadata.labels ?? {},
        annotations: metadata.annotations ?? {},
      };
    });
}
