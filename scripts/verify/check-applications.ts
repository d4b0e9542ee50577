import { applicationUnhealthy } from './codes.ts';
import type { Connection } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';

export interface ApplicationFacts {
  /** Absent where Argo CD is in another cluster. */
  applications?: number;
  /** Git revisions that they run. */
  revisions: string[];
}

interface Application {
  metadata: { name: string };
  status?: { sync?: { status?: string; revision?: string }; health?: { status?: string } };
}

/** Every Argo CD application is synced and healthy. Says nothing where the cluster has no Argo CD. */
export async function checkApplications({
  custom,
}: Connection): Promise<{ problems: LiveProblem[]; facts: ApplicationFacts }> {
  const kind = { group: 'argoproj.io', version: 'v1alpha1', plural: 'applications' };
  const list = await custom.listNamespacedCustomObject({ ...kind, namespace: 'argocd' }).catch((error) => {
    if (error.code === 404) return undefined;
    throw error;
  });
  if (!list) return { problems: [], facts: { revisions: [] } };
  const items = (list as { items: Application[] }).items;
  const problems = items.flatMap(({ metadata, status = {} }) => {
    const [sync = 'Unknown', health = 'Unknown'] = [status.sync?.status, status.health?.status];
    if (sync === 'Synced' && health === 'Healthy') return [];
    const object = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: 'argocd',
      name: metadata.name,
    };
    return [{ code: applicationUnhealthy, object, message: `application ${metadata.name} is ${sync} and ${health}` }];
  });
  const revisions = [...new Set(items.map(({ status }) => status?.sync?.revision ?? '').filter(Boolean))];
  return { problems, facts: { applications: items.length, revisions } };
}
