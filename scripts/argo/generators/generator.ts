import type { GoMap } from '../go-template/value.ts';
import type { TemplateMode } from '../render-strings.ts';

/** A cluster Secret of Argo CD, or the cluster that it runs in. */
export interface Cluster {
  name: string;
  server: string;
  project: string;
  /** Absent where only the name of the cluster is known. */
  labels?: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** Files that a git generator sees. */
export interface RepositoryFiles {
  /** Paths of all files in git, in any order. */
  list(): readonly string[];
  read(path: string): string | undefined;
  /** Branches that they are to become, where they are known: at another one there may be other files. */
  revisions?: ReadonlySet<string>;
}

/** What generators look at beside the ApplicationSet. */
export interface World {
  /** In the order of the names of their Secrets; `undefined` where no one can tell. */
  clusters: readonly Cluster[] | undefined;
  /** The checkout of a repository; `undefined` where its files are not at hand. */
  repository(url: string): RepositoryFiles | undefined;
}

export interface GeneratorContext extends TemplateMode {
  world: World;
}

/** A generator's parameters: one map for each Application. */
export type Generate = (spec: Record<string, unknown>, context: GeneratorContext) => GoMap[];
