import type { ObjectRule } from '../rule.ts';
import { autoscalerRangeRule } from './autoscaler-range.ts';
import { disruptionBudgetBlocksRule } from './disruption-budget-blocks.ts';
import { imageNotPinnedRule } from './image-not-pinned.ts';
import { immutableFieldRule } from './immutable-field.ts';
import { listKeyDuplicateRule } from './list-key-duplicate.ts';
import { objectDuplicateRule } from './object-duplicate.ts';
import { podNotRestrictedRule } from './pod-not-restricted.ts';
import { probeMissingRule } from './probe-missing.ts';
import { probePortRule } from './probe-port.ts';
import { referenceMissingRule } from './reference-missing.ts';
import { replicasBesideAutoscalerRule } from './replicas-beside-autoscaler.ts';
import { resourcesInvalidRule } from './resources-invalid.ts';
import { resourcesMissingRule } from './resources-missing.ts';
import { selectorMatchesNothingRule } from './selector-matches-nothing.ts';
import { selectorTemplateMismatchRule } from './selector-template-mismatch.ts';
import { serviceSelectsNothingRule } from './service-selects-nothing.ts';
import { serviceTargetPortRule } from './service-target-port.ts';
import { storageAccessModeRule } from './storage-access-mode.ts';
import { tokenMountedRule } from './token-mounted.ts';
import { volumeMountRule } from './volume-mount.ts';
import { volumeUnusedRule } from './volume-unused.ts';

/** K8S010 to K8S030: what holds between the fields and objects of any rendered set, beyond the schema. */
export const kubernetesRules: readonly ObjectRule[] = [
  objectDuplicateRule,
  selectorTemplateMismatchRule,
  serviceSelectsNothingRule,
  serviceTargetPortRule,
  referenceMissingRule,
  replicasBesideAutoscalerRule,
  autoscalerRangeRule,
  disruptionBudgetBlocksRule,
  selectorMatchesNothingRule,
  probePortRule,
  probeMissingRule,
  podNotRestrictedRule,
  resourcesMissingRule,
  volumeMountRule,
  volumeUnusedRule,
  imageNotPinnedRule,
  immutableFieldRule,
  storageAccessModeRule,
  tokenMountedRule,
  resourcesInvalidRule,
  listKeyDuplicateRule,
];
