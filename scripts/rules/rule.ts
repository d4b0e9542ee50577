import type { Severity } from '../findings/finding.ts';
import type { FieldPath, KubeObject, RenderedObject, RenderedTarget } from '../resources/kube-object.ts';

/**
 * What is known of one code: the registry makes the docs page, `--explain`, the SARIF rule and the test of both examples from it.
 * An example is either a manifest stream (text) or a small tree (path -> text) that the whole pipeline runs on.
 */
export interface CodeInfo {
  code: string;
  slug: string;
  severity: Severity;
  /** One line, no capital, no full stop: `selector does not match the pod template`. */
  title: string;
  /** What goes wrong for the user when it is left as it is; with the Kubernetes, Istio or kustomize rule it rests on. */
  why: string;
  fix: string;
  bad: Example;
  /** A clean near-miss: as close to `bad` as it gets without being wrong. */
  good: Example;
}

export type Example = string | Readonly<Record<string, string>>;

/** A problem of a rendered object; the engine turns `path` into the source position of that field. */
export interface ObjectProblem {
  code: CodeInfo;
  object: RenderedObject;
  path: FieldPath;
  message: string;
  /** Replaces the general advice of the code where something more exact can be said. */
  fix?: string;
}

/** A rule over all objects of one target. Pure: same objects, same problems, in the order of the objects. */
export interface ObjectRule {
  codes: readonly CodeInfo[];
  check(target: RenderedTarget): Iterable<ObjectProblem>;
}

export type { FieldPath, KubeObject, RenderedObject, RenderedTarget };
