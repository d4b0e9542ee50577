import { checkAccess } from '../../verify/check-access.ts';
import { errorsOf } from '../../verify/live-problem.ts';
import type { Suite } from '../suite.ts';

export const accessMatrix: Suite = {
  name: 'access',
  title: 'every declared edge passes, everything else is refused',
  core: true,
  async run({ cluster, access, probeImage }) {
    const { problems, facts } = await checkAccess(cluster, access, probeImage);
    return {
      figures: [
        { name: 'declared requests, all passed', value: facts.declared, unit: 'requests' },
        { name: 'other requests, all refused', value: facts.undeclared, unit: 'refused' },
      ],
      // The lab has no network plugin that enforces NetworkPolicies, which is a warning.
      problems: errorsOf(problems),
    };
  },
};
