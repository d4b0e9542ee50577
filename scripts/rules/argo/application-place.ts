import { type Delivery, destinationOf, nameOf } from '../../argo/delivery.ts';
import { nearest } from '../../resources/nearest.ts';
import { didYouMean } from '../../yaml/schema-words.ts';
import type { CodeInfo, DeliveryRule, SourceProblem } from '../rule.ts';
import { application, argoTree } from './example.ts';

const path: CodeInfo = {
  code: 'ARGO011',
  slug: 'application-path-unusable',
  severity: 'error',
  title: 'the path of an Application is missing, or yields nothing',
  why: 'Argo CD cannot render the Application: it stays at its last revision and follows main no more.',
  fix: 'Correct `path`, or what is in that folder.',
  bad: argoTree({ 'web.yaml': application('web', { path: 'overlays/dmeo' }) }),
  good: argoTree({ 'web.yaml': application('web', { path: './overlays/demo/' }) }),
};

const cluster: CodeInfo = {
  code: 'ARGO012',
  slug: 'destination-unknown',
  severity: 'error',
  title: 'an Application goes to a cluster that is not known',
  why: 'Argo CD needs the cluster by exactly one of `name` and `server`, and registered under it: in this repository under the name of its record.',
  fix: 'Give the name of a record under clusters/, or `in-cluster`.',
  bad: argoTree({
    'web.yaml': application('web', { project: 'demo', destination: '{ name: nowhere, namespace: demo }' }),
  }),
  good: argoTree({
    'web.yaml': application('web', { project: 'demo', destination: '{ name: in-cluster, namespace: demo }' }),
  }),
};

/** Where an Application takes its manifests from, and where it puts them. */
export const applicationPlaceRule: DeliveryRule = {
  codes: [path, cluster],
  *check({ applications, clusters }: Delivery): Generator<SourceProblem> {
    for (const one of applications) {
      if (one.yields.kind === 'failed' && !one.yields.isReportedElsewhere) {
        yield { code: path, source: one.placeOf(one.yields.path), message: `\`${nameOf(one)}\`: ${one.yields.reason}` };
      }
      const { name, server } = destinationOf(one);
      const source = one.placeOf(['spec', 'destination', name ? 'name' : 'server']);
      if (name !== '' && server !== '')
        yield { code: cluster, source, message: `\`${nameOf(one)}\` has both a name and a server as destination` };
      else if (name === '' && server === '')
        yield { code: cluster, source, message: `\`${nameOf(one)}\` has no cluster as destination` };
      else if (clusters && !clusters.has(name || server)) {
        const message = `\`${nameOf(one)}\` goes to \`${name || server}\`, which no record and no Secret registers`;
        yield { code: cluster, source, message: `${message}${didYouMean(nearest(name || server, clusters, 2))}` };
      }
    }
  },
};
