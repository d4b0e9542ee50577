import type { ClusterRecord } from '../records/cluster-record.ts';
import type { KeyPair } from '../secrets/certificates.ts';
import type { SourceTree } from '../system/source-tree.ts';
import type { ClusterFacts, FactPart } from './facts/facts.ts';

/** Path -> new text of a file; `undefined` removes it. */
export type FileChanges = ReadonlyMap<string, string | undefined>;

/** A kind of secret, and how it is replaced: as data, for the one engine that runs all of them. */
export interface RotationKind {
  name: string;
  /** What it replaces, in one line. */
  summary: string;
  /** What a person does first, where no cluster has it yet; without it, `rotate init` is enough. */
  begin?: string;
  /** In order. The first is the state between rotations; from the last, a step leads to the first again, with the new value alone. */
  phases: readonly [RotationPhase, ...RotationPhase[]];
  /**
   * Name of the phase that the files of a cluster are in: read from the files themselves, so that no saved progress can be wrong.
   * `undefined` where the cluster has no such secret.
   * @throws UserError where they are in no phase, as after an edit by hand
   */
  observe(tree: SourceTree, cluster: string): string | undefined;
  /** Whether the facts of all clusters of the mesh are looked at before a step in one of them. */
  isMeshWide?: boolean;
  /**
   * From the first phase to the new value alone, without the old one beside it: for a secret that is known to others. What fails meanwhile,
   * `loses` says. Kinds without it have no safe way to leave phases out, and `noEmergency` says why.
   */
  emergency?: { loses: string; step: Step };
  noEmergency?: string;
}

export interface RotationPhase {
  name: string;
  /** What is so while it lasts, in one sentence. */
  holds: string;
  /** To the next phase, or from the last to the first. */
  forward: Transition;
  /** To the phase before; the first has none. */
  back?: Transition;
}

export interface Transition {
  /** What the step does, in one sentence. */
  does: string;
  /** All must be open before the step. */
  gates: readonly Gate[];
  step: Step;
  /** Secrets of the cluster, as `namespace/name`, whose values the step takes from it. */
  takesLive?(tree: SourceTree, cluster: string): readonly string[];
}

/** Files that the step changes in one cluster. Reads nothing but its context, writes nothing. */
export type Step = (context: StepContext) => Promise<FileChanges>;

export interface StepContext {
  tree: SourceTree;
  cluster: ClusterRecord;
  now: Date;
  inputs: StepInputs;
}

/** What only the person who rotates has. Never written in the clear. */
export interface StepInputs {
  /** The root that signs now, or the one that shall. */
  meshRoot?: KeyPair;
  /** Public certificate of a root that is to be trusted: its key is not needed for that. */
  newRootCertificate?: string;
  /** Leaves proxies their certificates until half of their life is over, instead of making all of them ask at once. */
  slow?: boolean;
  /** Certificates that an outside authority has answered a signing request with: leaf first. */
  chain?: string;
  /** Private key that belongs to `chain`, where it was not made by a request of ours. */
  key?: string;
  /** New keys of RSA with 4096 bits, for authorities that take nothing else; else ECDSA P-256. */
  rsa?: boolean;
  /** The new certificate of the gateway signs itself: for labs, no client trusts it. */
  selfSigned?: boolean;
  /** Values by name, as read from standard input. */
  values?: Readonly<Record<string, string>>;
  /** Key of this clone for fingerprints of values (`fingerprintKey`); without it a value that did not change is sealed anew. */
  fingerprintKey?: Buffer;
  /** What was read from each cluster that takes the step, by its name: the values of one must never be sealed for another. */
  live?: Readonly<Record<string, LiveInputs>>;
}

/** What a step takes from a cluster. Values are secret: they stay in memory. */
export interface LiveInputs {
  /** Values of Secrets, `namespace/name` -> key -> value. */
  secrets: Readonly<Record<string, Readonly<Record<string, Buffer>>>>;
  /** Certificate that the controller of the cluster seals with now. */
  sealingCertificate?: string;
}

/** A condition in the world: a pure function over what was collected from the clusters. */
export interface Gate {
  name: string;
  /** What it waits for, in one sentence. */
  wants: string;
  /** Whether there is anything to wait for; absent where there always is. */
  applies?(expected: GateContext): boolean;
  /** Parts of the facts that it looks at, and no others are collected for it; none where the files alone decide. */
  reads: readonly FactPart[];
  /** Why it is closed, one line each; none where it is open. */
  check(facts: readonly ClusterFacts[], expected: GateContext): string[];
}

export interface GateContext {
  /** The files of the phase that the clusters are to have reached. */
  tree: SourceTree;
  /** The cluster that takes the step. */
  cluster: string;
  now: Date;
}
