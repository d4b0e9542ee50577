import type { SourceTree } from '../../system/source-tree.ts';
import type { WorkloadFacts } from '../facts/facts.ts';
import type { Git } from './git-steps.ts';
import type { GitState } from './rounds.ts';
import type { Values } from './values.ts';

/** A variable of the pods of a Deployment. */
export interface Variable {
  name: string;
  /** Key of the Secret. */
  key: string;
  /** The Secret that git names; `undefined` where the pods have no such variable. */
  secret(tree: SourceTree): string | undefined;
  /** A pod starts without it where the Secret is not there. */
  isOptional?: boolean;
}

/** What a pod was started with: the Secret of each variable (empty where it has none), and which value it had then. */
export interface Pod {
  secrets: string[];
  values: number[];
}

/** How far a cluster has followed: Secrets, the Deployment and each pod at their own time. */
export interface Rollout extends Git {
  /** Index of the state of git whose Secrets the cluster has. */
  secrets: number;
  /** What the Deployment names. */
  template: string[];
  /** Sorted: pods of one Deployment are alike. */
  pods: Pod[];
}

export interface Deployment {
  name: string;
  states: readonly GitState[];
  variables: readonly Variable[];
  values: Values;
  /** The first state of git with the same Secrets. */
  sameSecrets(git: number): number;
}

export interface RolloutMove {
  what: string;
  change: Partial<Rollout>;
}

export function settled(deployment: Deployment, pods: number): Rollout {
  const template = templateOf(deployment, 0);
  const pod = started(deployment, template, 0);
  if (!pod) throw new Error(`${deployment.name} cannot start`);
  return { git: 0, secrets: 0, template, pods: Array(pods).fill(pod) };
}

/** What a cluster does by itself, at any moment: Argo CD brings what git has, pods are replaced, containers end and start again. */
export function rolloutMoves(deployment: Deployment, { git, secrets, template, pods }: Rollout): RolloutMove[] {
  const newTemplate = templateOf(deployment, git);
  const newSecrets = deployment.sameSecrets(git);
  const replaced = [...new Set([template, ...pods.map((pod) => pod.secrets)].map((one) => JSON.stringify(one)))];
  return [
    ...(newSecrets === secrets ? [] : [{ what: 'its Secrets arrive', change: { secrets: newSecrets } }]),
    ...(isSame(newTemplate, template) ? [] : [{ what: 'its Deployment arrives', change: { template: newTemplate } }]),
    ...pods.flatMap((pod, index) =>
      replaced.flatMap((names): RolloutMove[] => {
        const of = JSON.parse(names) as string[];
        const isOwn = isSame(of, pod.secrets);
        if (!isOwn && !isSame(of, template)) return [];
        const next = started(deployment, of, secrets);
        if (!next || isSame(next, pod)) return [];
        const others = pods.filter((_, at) => at !== index);
        const what = isOwn ? 'a pod starts again as it is' : 'a pod is replaced by a new one';
        return [{ what, change: { pods: sorted([...others, next]) } }];
      }),
    ),
  ];
}

/** What is collected of the Deployment. */
export function workloadFacts(
  { name, variables }: Deployment,
  { template, pods }: Pick<Rollout, 'template' | 'pods'>,
): WorkloadFacts {
  const secrets = pods.flatMap((pod) =>
    variables.flatMap((variable, at) =>
      pod.secrets[at] ? [`${pod.secrets[at]}/${variable.key} as ${variable.name}`] : [],
    ),
  );
  return {
    ...{ namespace: 'ai-spm', name, kind: 'Deployment' },
    settled: isRolledOut({ template, pods }),
    secrets: [...new Set(secrets)].sort(),
  };
}

export function isRolledOut({ template, pods }: Pick<Rollout, 'template' | 'pods'>): boolean {
  return pods.every((pod) => isSame(pod.secrets, template));
}

/** A pod whose Secret is not there waits for it: it serves nobody, and the one before it stays. */
function started({ states, variables, values }: Deployment, secrets: string[], from: number): Pod | undefined {
  const { tree } = states[from] as GitState;
  const found = variables.map(({ key }, at) => (secrets[at] ? values.in(tree, secrets[at], key) : -1));
  const isMissing = secrets.some((name, at) => name && found[at] === -1 && !variables[at]?.isOptional);
  return isMissing ? undefined : { secrets, values: found };
}

function templateOf({ states, variables }: Deployment, git: number): string[] {
  const { tree } = states[git] as GitState;
  return variables.map(({ secret }) => secret(tree) ?? '');
}

function sorted(pods: Pod[]): Pod[] {
  return pods
    .map((pod) => ({ pod, key: JSON.stringify(pod) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ pod }) => pod);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
