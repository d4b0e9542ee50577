import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { APPLICATIONS, REFRESH } from '../argo/applications-api.ts';
import type { Connection } from '../verify/connection.ts';

const KINDS = [
  {
    kind: { ...APPLICATIONS, plural: 'applicationsets' },
    annotation: 'argocd.argoproj.io/application-set-refresh',
    value: 'true',
  },
  { kind: APPLICATIONS, annotation: REFRESH, value: 'normal' },
];

/**
 * Tells Argo CD that something was pushed, as the webhook of a git server does: with the annotations that Argo CD sets itself then
 * (argo-cd util/webhook, applicationset/webhook). Without it git is asked every timeout.reconciliation.
 */
export async function announce({ custom }: Connection): Promise<void> {
  for (const { kind, annotation, value } of KINDS) {
    const { items } = (await custom.listNamespacedCustomObject(kind)) as { items: { metadata: { name: string } }[] };
    const body = { metadata: { annotations: { [annotation]: value } } };
    const merged = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    await Promise.all(
      items.map(({ metadata: { name } }) => custom.patchNamespacedCustomObject({ ...kind, name, body }, merged)),
    );
  }
}
