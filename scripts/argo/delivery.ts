import type { SourcePosition } from '../findings/finding.ts';
import { recordOf, textOf } from '../resources/fields.ts';
import type { FieldPath, KubeObject, RenderedObject } from '../resources/kube-object.ts';
import type { ParsedNode, YamlFile } from '../yaml/yaml-file.ts';
import type { ChartPart } from './chart-parts.ts';
import type { SetExpansion } from './expand-set.ts';
import type { ClusterRegistration } from './registration.ts';

/** An object with the place of each of its fields, or of the nearest parent that stands in a file. */
export interface Placed {
  value: KubeObject;
  placeOf(path: FieldPath): SourcePosition;
  /** What stands in the file at a field, where the object is written there as it is. */
  nodeAt?(path: FieldPath): { file: YamlFile; node: ParsedNode } | undefined;
}

export interface DeliveredSet extends Placed {
  expansion: SetExpansion;
}

/**
 * What the path of an Application yields. `elsewhere`: it is not in this checkout; `chart`: only helm could tell. `placed`: where the
 * objects stand, found out when it is asked. `isReportedElsewhere`: the folder is a target of the check, whose own findings name the file to edit.
 */
export type Yield =
  | { kind: 'objects'; objects: readonly RenderedObject[]; placed(): readonly Placed[] }
  | { kind: 'chart'; parts: readonly ChartPart[] }
  | { kind: 'failed'; reason: string; path: FieldPath; isReportedElsewhere?: boolean }
  | { kind: 'unsupported'; reason: string; path: FieldPath }
  | { kind: 'elsewhere' };

export interface DeliveredApplication extends Placed {
  /** The ApplicationSet or Application that makes it; absent for one that is applied by hand. */
  parent?: string;
  yields: Yield;
}

/** All that Argo CD would make, down to the objects where they can be known. */
export interface Delivery {
  applications: readonly DeliveredApplication[];
  sets: readonly DeliveredSet[];
  projects: readonly Placed[];
  /** Those of all these that are not in the files as they are, or in no target: their fields are checked here. */
  unchecked: readonly Placed[];
  /** Names and servers that a destination may have, where all of them are known. */
  clusters?: ReadonlySet<string>;
  /** Nothing else exists: a project that is not here is nowhere. */
  complete: boolean;
  /** Clusters that git registers with Argo CD. */
  registrations: readonly ClusterRegistration[];
  /** Records by name, where they are at hand. */
  facts?: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Rings and their revisions, where the repository has any. */
  rings: ReadonlyMap<string, string>;
  /** Records of clusters, with the place of their names. */
  records: ReadonlyMap<string, SourcePosition>;
}

export function nameOf({ value }: Placed): string {
  return value.metadata.name;
}

export function specOf({ value }: Placed): Record<string, unknown> {
  return recordOf(value['spec']);
}

/** The sources of an Application, with the path of each. */
export function sourcesOf(application: Placed): { source: Record<string, unknown>; path: FieldPath }[] {
  const { source, sources } = specOf(application);
  if (Array.isArray(sources)) {
    return sources.map((item: unknown, index) => ({ source: recordOf(item), path: ['spec', 'sources', index] }));
  }
  return source === undefined ? [] : [{ source: recordOf(source), path: ['spec', 'source'] }];
}

export function projectOf(application: Placed): string {
  return textOf(specOf(application)['project']) || 'default';
}

export interface Destination {
  name: string;
  server: string;
  namespace: string;
}

export function destinationOf(application: Placed): Destination {
  const { name, server, namespace } = recordOf(specOf(application)['destination']);
  return { name: textOf(name) ?? '', server: textOf(server) ?? '', namespace: textOf(namespace) ?? '' };
}
