import type { Gate } from '../rotation.ts';
import { type InUse, readRotationFile } from '../rotation-file.ts';
import { inEach } from './collected.ts';

/**
 * Every pod of a workload runs, and takes variables from the Secrets that git names.
 * @param wanted Secret of each variable; `undefined` where no pod may have the variable
 */
export function workloadsTake(
  workload: string | 'all',
  wanted: (inUse: InUse) => Readonly<Record<string, string | undefined>>,
): Gate {
  return {
    name: 'rolled-out',
    reads: ['workloads'],
    wants: `every pod ${workload === 'all' ? 'of the services' : `of ${workload}`} runs with the Secrets that git names`,
    check: (facts, { tree, cluster }) => {
      const variables = Object.entries(wanted(readRotationFile(tree, cluster).inUse));
      const own = facts.filter((one) => one.cluster === cluster);
      return inEach(own, 'workloads', (workloads) => {
        const chosen = workloads.filter(
          ({ kind, name }) => kind === 'Deployment' && (workload === 'all' || name === workload),
        );
        if (chosen.length === 0) return [`there is no Deployment${workload === 'all' ? '' : ` ${workload}`}`];
        return chosen.flatMap(({ name, settled, secrets }) => {
          if (!settled) return [`${name} is being rolled out`];
          return variables.flatMap(([variable, secret]) => {
            const taken = secrets
              .filter((one) => one.endsWith(` as ${variable}`))
              .map((one) => one.split('/')[0] ?? '');
            const wrong = taken.filter((one) => one !== secret);
            if (wrong.length > 0)
              return [`${name} takes ${variable} from ${wrong[0]}, not from ${secret ?? 'any Secret'}`];
            return secret && taken.length === 0 && workload !== 'all' ? [`${name} does not take ${variable}`] : [];
          });
        });
      });
    },
  };
}
