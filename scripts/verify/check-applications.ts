import { APPLICATIONS } from '../argo/applications-api.ts';
import { applicationUnhealthy } from './codes/delivery-codes.ts';
import type { Connection } from './connection.ts';
import type { LiveProblem } from './live-problem.ts';

export interface ApplicationFacts {
  /** Absent where Argo CD is in another cluster. */
  applications?: number;
  /** Git revisions that they run. */
  revisions: string[];
}

export interface ApplicationState {
  name: string;
  sync: string;
  health: string;
  /** What it runs, empty before its first sync. */
  revision: string;
  /** When Argo CD last compared it with git and the cluster, in RFC 3339; empty before. */
  judged: string;
}

interface Application {
  metadata: { name: string };
  status?: {
    sync?: { status?: string; revision?: string };
    health?: { status?: string };
    reconciledAt?: string;
  };
}

/** The application that brings all others, argocd/root.yaml. */
const ROOT = 'root';

/** Every Argo CD application is synced and healthy, and the first of them is there. Says nothing where the cluster has no Argo CD. */
export async function checkApplications(
  connection: Connection,
): Promise<{ problems: LiveProblem[]; facts: ApplicationFacts }> {
  const applications = await readApplications(connection);
  if (!applications) return { problems: [], facts: { revisions: [] } };
  const unhealthy = applications.filter(({ sync, health }) => sync !== 'Synced' || health !== 'Healthy');
  const problemOf = (name: string, state: string): LiveProblem => ({
    code: applicationUnhealthy,
    object: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name },
    message: `application ${name} ${state}`,
  });
  const problems = unhealthy.map(({ name, sync, health }) => problemOf(name, `is ${sync} and ${health}`));
  if (!applications.some(({ name }) => name === ROOT))
    problems.push(problemOf(ROOT, 'does not exist: nothing follows git'));
  const revisions = [...new Set(applications.map(({ revision }) => revision).filter(Boolean))];
  return { problems, facts: { applications: applications.length, revisions } };
}

/** @returns undefined where the cluster has no Argo CD */
export async function readApplications({ custom }: Connection): Promise<ApplicationState[] | undefined> {
  const list = await custom.listNamespacedCustomObject(APPLICATIONS).catch((error) => {
    if (error.code === 404) return undefined;
    throw error;
  });
  return (list as { items: Application[] } | undefined)?.items.map(({ metadata, status }) => ({
    name: metadata.name,
    sync: status?.sync?.status ?? 'Unknown',
    health: status?.health?.status ?? 'Unknown',
    revision: status?.sync?.revision ?? '',
    judged: status?.reconciledAt ?? '',
  }));
}
