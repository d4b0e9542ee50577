import { nameOf, type Placed, projectOf, sourcesOf } from '../argo/delivery.ts';
import type { KubeObject } from '../resources/kube-object.ts';

/** One Argo CD Application, as far as a reviewer needs it. */
export interface ExpectedApplication {
  name: string;
  /** The cluster that it is about. */
  cluster: string;
  project: string;
  ring: string;
  revision: string;
  path: string;
}

export interface ExpandedApplication extends ExpectedApplication {
  value: KubeObject;
}

export function expandedApplication(application: Placed, cluster: string): ExpandedApplication {
  const { value } = application;
  const source = sourcesOf(application)[0]?.source ?? {};
  return {
    name: nameOf(application),
    cluster,
    project: projectOf(application),
    ring: value.metadata.labels?.['ai-spm.io/ring'] ?? '',
    revision: String(source['targetRevision'] ?? ''),
    path: String(source['path'] ?? ''),
    value,
  };
}
