import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Connection } from '../verify/connection.ts';

const KINDS = [
  { plural: 'applicationsets', annotation: 'argocd.argoproj.io/application-set-refresh', value: 'true' },
  { plural: 'applications', annotation: 'argocd.argoproj.io/refresh', value: 'normal' },
];

/**
 * Tells Argo CD that something was pushed, as the webhook of a git server does: with the annotations that Argo CD sets itself then
 * (argo-cd util/webhook, applicationset/webhook). Without it git is asked every timeout.reconciliation.
 */
export async function announce({ custom }: Connection): Promise<void> {
  for (const { plural, annotation, value } of KINDS) {
    const kind = { group: 'argoproj.io', version: 'v1alpha1', namespace: 'argocd', plural };
    const { items } = (await custom.listNamespacedCustomObject(kind)) as { items: { metadata: { name: string } }[] };
    const body = { metadata: { annotations: { [annotation]: value } } };
    const merged = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    await Promise.all(
      items.map(({ metadata: { name } }) => custom.patchNamespacedCustomObject({ ...kind, name, body }, merged)),
    );
  }
}
