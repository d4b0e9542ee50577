import { UserError } from '../../system/user-error.ts';
import type { StepContext, StepInputs } from '../rotation.ts';

/**
 * What was read from the very cluster that takes the step.
 * @throws UserError where nothing was, or it is of another one: sealed for the wrong cluster, a value would be lost here and known there
 */
export function liveInputsOf({ cluster, inputs }: StepContext): StepInputs {
  if (inputs.liveCluster === cluster.name) return inputs;
  throw new UserError(`nothing was read from cluster ${cluster.name}`, {
    why: inputs.liveCluster
      ? `the values at hand are those of ${inputs.liveCluster}: each cluster takes this step by itself`
      : 'the step takes values as the cluster has them: git has them sealed only',
    fix: `give --cluster ${cluster.name} and the --context of that cluster`,
  });
}
