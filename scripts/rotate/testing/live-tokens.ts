import { createHmac } from 'node:crypto';
import type { SourceTree } from '../../system/source-tree.ts';
import { ACCOUNTS, tokensOf } from '../account-token.ts';
import type { LiveInputs, StepInputs } from '../rotation.ts';

/** What clusters would have made of the token Secrets of git, a token for each. */
export function liveTokens(tree: SourceTree, clusters: readonly string[], authority: string): StepInputs {
  return { live: Object.fromEntries(clusters.map((cluster) => [cluster, tokensIn(tree, cluster, authority)])) };
}

/** The token of a Secret; the same at each call. */
export function tokenFor(cluster: string, secret: string): string {
  return `header.${createHmac('sha256', cluster).update(secret).digest('base64url')}.signature`;
}

function tokensIn(tree: SourceTree, cluster: string, authority: string): LiveInputs {
  const secrets = ACCOUNTS.flatMap((account) =>
    tokensOf(tree, cluster, account).map((name) => {
      const values = { token: Buffer.from(tokenFor(cluster, name)), 'ca.crt': Buffer.from(authority) };
      return [`${account.namespace}/${name}`, values] as const;
    }),
  );
  return { secrets: Object.fromEntries(secrets) };
}
