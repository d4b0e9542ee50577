import { type Delivery, destinationOf, nameOf, projectOf, sourcesOf } from './delivery.ts';

/** Every Application that Argo CD makes, as JSON with one line for each. */
export function applicationList({ applications }: Delivery): string {
  const lines = applications.map((application) => {
    const { name, server, namespace } = destinationOf(application);
    const [first] = sourcesOf(application);
    const { path, chart, targetRevision } = first?.source ?? {};
    return JSON.stringify({
      name: nameOf(application),
      madeBy: application.parent,
      project: projectOf(application),
      cluster: name || server,
      namespace,
      path: path ?? chart,
      revision: targetRevision,
      wave: application.value.metadata.annotations?.['argocd.argoproj.io/sync-wave'],
    });
  });
  return `[\n${lines.map((line) => `  ${line}`).join(',\n')}\n]\n`;
}
