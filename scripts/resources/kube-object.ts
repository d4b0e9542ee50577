import type { ResourceRef } from '../findings/finding.ts';

/** Any Kubernetes object as parsed from YAML: only what the API server itself demands is assumed. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** Steps from the root of an object to a field: `['spec', 'ports', 0, 'name']`. */
export type FieldPath = readonly (string | number)[];

/** One object of a rendered target, with the file that first declared it. */
export interface RenderedObject {
  ref: ResourceRef;
  value: KubeObject;
  /** File that declares the object (before patches), relative to the repository root, where known. */
  origin?: string;
}

/** All that one `kustomize build` (or one `--manifests` input) yields. */
export interface RenderedTarget {
  /** Folder relative to the repository root (`overlays/prod`), or the name of the manifests input. */
  name: string;
  objects: readonly RenderedObject[];
  /** True when nothing else exists beside these objects, so that a dangling reference is a finding. */
  complete: boolean;
}

export function refOf(object: KubeObject): ResourceRef {
  const { name, namespace } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, ...(namespace ? { namespace } : {}), name };
}

/** RFC 6901 pointer of a field path. */
export function toPointer(path: FieldPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
