import { UserError } from '../../system/user-error.ts';
import type { LiveInputs, StepContext } from '../rotation.ts';

/**
 * What was read from the very cluster that takes the step.
 * @throws UserError where nothing was: the values of another cluster would be lost here and known there
 */
export function liveInputsOf({ cluster, inputs }: StepContext): LiveInputs {
  const live = inputs.live?.[cluster.name];
  if (live) return live;
  throw new UserError(`nothing was read from cluster ${cluster.name}`, {
    why: 'the step takes values as the cluster has them: git has them sealed only',
    fix: `give --cluster ${cluster.name} and the --context of that cluster`,
  });
}
