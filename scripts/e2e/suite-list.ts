import type { Suite } from './suite.ts';
import { accessMatrix } from './suites/access-matrix.ts';
import { drift } from './suites/drift.ts';
import { faults } from './suites/faults.ts';
import { fromEmpty } from './suites/from-empty.ts';
import { merge } from './suites/merge.ts';
import { rollingUpdate } from './suites/rolling-update.ts';
import { rotations } from './suites/rotation/rotations.ts';

/** In the order in which they run. */
export const suites: readonly Suite[] = [accessMatrix, merge, drift, rollingUpdate, ...faults, ...rotations, fromEmpty];
