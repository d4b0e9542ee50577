import type { KeyPair } from '../secrets/certificates.ts';
import type { DeclaredAccess } from '../verify/check-access.ts';
import type { Connection } from '../verify/connection.ts';

/** What a suite may use. */
export interface World {
  /** The cluster that the suites run on; Argo CD is in it. */
  cluster: Connection;
  /** All clusters that Argo CD brings the repository to, that one first. */
  clusters: readonly Connection[];
  /** What the checkout declares: other commits than that of this command may be deployed. */
  access: DeclaredAccess;
  probeImage: string;
  /** A checkout of the repository that Argo CD follows. */
  checkout: string;
  /** Commits all changes of the checkout and pushes them to main. @returns the commit */
  push(message: string): Promise<string>;
  /** Ends a program of the lab's host by name, and returns once it has ended; undefined on clusters that the lab did not make. */
  endProgram?: (name: string) => Promise<void>;
  /** The root of the mesh, and where its successor is kept; undefined on clusters that the lab did not make. */
  meshRoot?: { read(): Promise<KeyPair>; keep(root: KeyPair): void };
}

/** A measured value with its unit, for the report. */
export interface Figure {
  name: string;
  value: number;
  unit: 's' | 'requests' | 'refused' | 'pods';
}

export interface Outcome {
  figures: Figure[];
  /** What was promised and did not happen; empty when all is well. */
  problems: string[];
}

/** One promise, shown on running clusters. To add one: write its file in suites/ and list it in suite-list.ts. */
export interface Suite {
  name: string;
  title: string;
  /** Part of every CI run; the others run with `--all`. */
  core: boolean;
  /**
   * Not for clusters that the lab did not make: it deletes data, replaces secrets by some of its own, ends programs of the host, or takes two
   * clusters whose contexts have the names of their records.
   */
  labOnly?: boolean;
  run(world: World): Promise<Outcome>;
}
