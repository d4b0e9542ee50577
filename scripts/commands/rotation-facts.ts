import { resolve } from 'node:path';
import { collectFacts } from '../rotate/facts/collect.ts';
import type { ClusterFacts, FactPart } from '../rotate/facts/facts.ts';
import { readFacts } from '../rotate/facts/saved.ts';
import { callerFolder } from '../system/caller-folder.ts';
import { UserError } from '../system/user-error.ts';
import { checkReachable, clusterNameOf, connect } from '../verify/connection.ts';

export interface FactOptions {
  context?: string[];
  kubeconfig?: string;
  from?: string;
  maxAge?: number;
}

const MINUTE_MS = 60_000;

/**
 * What is known of the clusters: collected now from the contexts that are given, or saved before.
 * @param parts what is looked at, and nothing else
 * @throws UserError where a cluster does not answer, or what was saved is too old
 */
export async function collectedFacts(options: FactOptions, parts: readonly FactPart[]): Promise<ClusterFacts[]> {
  const { context: contexts = [], kubeconfig, from, maxAge = 15 } = options;
  if (from === undefined) return Promise.all(contexts.map((context) => collectNow(context, kubeconfig, parts)));
  const facts = readFacts(resolve(callerFolder(), from));
  const old = facts.find(({ collectedAt }) => Date.now() - Date.parse(collectedAt) > maxAge * MINUTE_MS);
  if (!old) return facts;
  throw new UserError(`what ${from} says of ${old.cluster} is of ${old.collectedAt}`, {
    why: `it is older than ${maxAge} minutes: since then a pod may have come that it does not know`,
    fix: 'collect it anew, or take the risk with --max-age MINUTES',
  });
}

async function collectNow(
  context: string,
  kubeconfig: string | undefined,
  parts: readonly FactPart[],
): Promise<ClusterFacts> {
  const connection = connect(context, kubeconfig);
  await checkReachable(connection);
  return collectFacts(connection, await clusterNameOf(connection), parts);
}
