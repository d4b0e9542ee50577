import { inject } from 'vitest';
import { planGeneration } from '../../generate/plan.ts';
import { loadRecords } from '../../records/load-records.ts';
import { createRoot, type KeyPair } from '../../secrets/certificates.ts';
import { sealSecret } from '../../secrets/sealed-secret.ts';
import { readSealingCertificate } from '../../secrets/sealing-certificate.ts';
import { openSourceTree, overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { ROOT } from '../../testing/repository-copy.ts';
import { changesOf, type Direction, legalStep, phaseOf } from '../engine.ts';
import { firstSecrets } from '../first-secrets.ts';
import type { RotationKind, StepInputs } from '../rotation.ts';

export interface RotationTree {
  /** This repository, with the first secrets of the clusters. */
  tree: SourceTree;
  meshRoot: KeyPair;
  /** The private half of what the secrets of all the clusters are sealed to. */
  sealingKey: KeyPair;
}

/** This repository as it is after `rotate init` of some clusters, in memory. */
export async function rotationTree(now: Date, clusters: readonly string[] = ['prod-eu']): Promise<RotationTree> {
  const disk = openSourceTree(ROOT);
  const [meshRoot, sealingKey] = [await createRoot(now), inject('sealingKey')];
  const certificate = readSealingCertificate('sealing.crt', sealingKey.certificate, now);
  const files = new Map<string, string>();
  for (const { record } of loadRecords(disk).records.filter((one) => clusters.includes(one.record.name))) {
    files.set(`clusters/${record.name}/sealing.crt`, sealingKey.certificate);
    for (const one of firstSecrets(record, meshRoot, now)) {
      for (const [index, values] of (await one.make()).entries())
        files.set(`clusters/${record.name}/${one.files[index]}`, sealSecret(values, certificate));
    }
  }
  const sealed = overlayTree(disk, files);
  return { tree: overlayTree(sealed, planGeneration(sealed, loadRecords(sealed)).writes), meshRoot, sealingKey };
}

export interface StepOptions {
  clusters?: readonly string[];
  direction?: Direction;
  inputs?: StepInputs;
  now?: Date;
  emergency?: boolean;
}

/** The files after one step, whatever its gates say. */
export async function stepped(tree: SourceTree, kind: RotationKind, options: StepOptions = {}): Promise<SourceTree> {
  const { clusters = ['prod-eu'], direction = 'forward', inputs = {}, now = new Date(), emergency = false } = options;
  const from = phaseOf(kind, tree, clusters[0] ?? '');
  if (!from) throw new Error(`${clusters[0]} has no ${kind.name}`);
  const legal = legalStep(kind, from, direction);
  const step = emergency ? { ...legal, to: kind.phases[0] } : legal;
  const records = loadRecords(tree).records.map(({ record }) => record);
  const chosen = records.filter(({ name }) => clusters.includes(name));
  return overlayTree(
    tree,
    await changesOf(tree, { kind, step, clusters: chosen, inputs, now, by: 'a test', emergency }),
  );
}
