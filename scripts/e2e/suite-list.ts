import type { Suite } from './suite.ts';
import { accessMatrix } from './suites/access-matrix.ts';
import { clusterRemoved } from './suites/cluster-removed.ts';
import { contained } from './suites/contained.ts';
import { drifts } from './suites/drift.ts';
import { faults } from './suites/fault/faults.ts';
import { fromEmpty } from './suites/from-empty.ts';
import { istioCanary } from './suites/istio-canary.ts';
import { merge } from './suites/merge.ts';
import { promotionReverted } from './suites/promotion-reverted.ts';
import { rollingUpdate } from './suites/rolling-update.ts';
import { rotations } from './suites/rotation/rotations.ts';
import { syncInterrupted } from './suites/sync-interrupted.ts';

/** In the order in which they run. */
export const suites: readonly Suite[] = [
  accessMatrix,
  merge,
  contained,
  promotionReverted,
  ...drifts,
  rollingUpdate,
  syncInterrupted,
  ...faults,
  istioCanary,
  clusterRemoved,
  ...rotations,
  fromEmpty,
];
