import type { Delivery } from '../argo/delivery.ts';
import type { Severity, SourcePosition } from '../findings/finding.ts';
import type { FieldPath, KubeObject, RenderedObject, RenderedTarget } from '../resources/kube-object.ts';
import type { Repository } from '../sources/repository.ts';

/**
 * What is known of one code: the registry makes the docs page, `--explain`, the SARIF rule and the test of both examples from it.
 * An example is either a manifest stream (text) or a small tree (path -> text) that the whole pipeline runs on.
 */
export interface CodeInfo extends CodeText {
  bad: Example;
  /** A clean near-miss: as close to `bad` as it gets without being wrong. */
  good: Example;
}

/** The words of a code. Alone where only a live cluster can show it. */
export interface CodeText {
  code: string;
  slug: string;
  severity: Severity;
  /** One line, no capital, no full stop: `selector does not match the pod template`. */
  title: string;
  /** What goes wrong for the user when it is left as it is; with the Kubernetes, Istio or kustomize rule it rests on. */
  why: string;
  fix: string;
}

export type Example = string | Readonly<Record<string, string>>;

/** A problem of a rendered object; the engine turns `path` into the source position of that field. */
export interface ObjectProblem {
  code: CodeInfo;
  object: RenderedObject;
  path: FieldPath;
  /** Point at the key of the field rather than at its value: for a field that should not be there at all. */
  at?: 'key';
  message: string;
  /** Replaces the general advice of the code where something more exact can be said. */
  fix?: string;
}

/** A rule over all objects of one target. Pure: same objects, same problems, in the order of the objects. */
export interface ObjectRule {
  codes: readonly CodeInfo[];
  check(target: RenderedTarget): Iterable<ObjectProblem>;
}

/** A problem of a source file, found without (or beside) rendering. */
export interface SourceProblem {
  code: CodeInfo;
  source: SourcePosition;
  message: string;
  fix?: string;
  /** The target it shows in, where that is not simply every target that reads the file. */
  target?: string;
}

export interface SourceContext {
  repository: Repository;
  /** Objects that a folder builds to, `undefined` where it was not built or failed. */
  objectsOf(folder: string): readonly RenderedObject[] | undefined;
  /** What kustomize said about a folder that it could not build. */
  failureOf(folder: string): string | undefined;
}

/** A rule over the files of a repository. Pure, in the order of the files. */
export interface SourceRule {
  codes: readonly CodeInfo[];
  check(context: SourceContext): Iterable<SourceProblem>;
}

/** A rule over what Argo CD would make of a repository or of manifests. Pure, in the order in which it is made. */
export interface DeliveryRule {
  codes: readonly CodeInfo[];
  check(delivery: Delivery): Iterable<SourceProblem>;
}

export type { FieldPath, KubeObject, RenderedObject, RenderedTarget };
