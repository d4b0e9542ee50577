import { type TokenAccount, tokensOf } from '../account-token.ts';
import type { AccountTokenFacts, ClusterFacts } from '../facts/facts.ts';
import type { Gate, GateContext } from '../rotation.ts';
import { inEach } from './collected.ts';

/** The cluster has made the newest token that git asks for. */
export function tokenIsFilled(account: TokenAccount): Gate {
  return {
    name: 'filled',
    reads: ['accountTokens'],
    wants: 'the cluster has made the new token',
    check: (facts, context) =>
      ofAccount(account, facts, context, (tokens) => {
        const newest = newestOf(account, context);
        const found = tokens.find(({ name }) => name === newest);
        if (!found) return [`Secret ${account.namespace}/${newest} is not there yet`];
        return found.filled ? [] : [`Secret ${account.namespace}/${newest} holds no token yet`];
      }),
  };
}

/** Somebody has been let in with the newest token: only those to whom it was given can have been. */
export function tokenIsUsed(account: TokenAccount, users: string): Gate {
  return {
    name: 'used',
    reads: ['accountTokens'],
    wants: `the cluster has been reached with the new token of ${users}`,
    check: (facts, context) =>
      ofAccount(account, facts, context, (tokens) => {
        const newest = newestOf(account, context);
        const isUsed = tokens.some(({ name, lastUsed }) => name === newest && lastUsed !== undefined);
        return isUsed ? [] : [`nobody has used the token of ${account.namespace}/${newest} yet`];
      }),
  };
}

/**
 * Nobody has the newest token any more: it was never used, or the one before it has been used on a later day. The API server notes days only.
 */
export function tokenIsUnused(account: TokenAccount): Gate {
  return {
    name: 'unused',
    reads: ['accountTokens'],
    wants: 'nobody uses the new token',
    check: (facts, context) =>
      ofAccount(account, facts, context, (tokens) => {
        const [newest, older] = tokensOf(context.tree, context.cluster, account).reverse();
        const dayOf = (wanted: string | undefined) => tokens.find(({ name }) => name === wanted)?.lastUsed;
        const day = dayOf(newest);
        if (day === undefined || (dayOf(older) ?? '') > day) return [];
        const since = older ? `, and that of ${older} on no later day: look again tomorrow, or go on` : ': go on';
        return [`the token of ${account.namespace}/${newest} was used on ${day}${since}`];
      }),
  };
}

/**
 * No token lets anybody in but the one that git has: the old one is gone with its Secret, and none was made by hand. Before git has one, those
 * that were made by hand are in use.
 */
export function onlyTokensOfGit(account: TokenAccount): Gate {
  return {
    name: 'revoked',
    reads: ['accountTokens'],
    wants: 'the cluster has no token but the one that git names: the old one is refused',
    check: (facts, context) => {
      const ours = tokensOf(context.tree, context.cluster, account);
      if (ours.length === 0) return [];
      return ofAccount(account, facts, context, (tokens) =>
        tokens
          .filter(({ name }) => !ours.includes(name))
          .map(
            ({ namespace, name }) => `the token of ${namespace}/${name} is valid: delete that Secret in the cluster`,
          ),
      );
    },
  };
}

function newestOf(account: TokenAccount, { tree, cluster }: GateContext): string {
  return tokensOf(tree, cluster, account).at(-1) ?? '';
}

function ofAccount(
  account: TokenAccount,
  facts: readonly ClusterFacts[],
  { cluster }: GateContext,
  check: (tokens: readonly AccountTokenFacts[]) => string[],
): string[] {
  const own = facts.filter((one) => one.cluster === cluster);
  return inEach(own, 'accountTokens', (tokens) => check(tokens.filter((one) => one.account === account.name)));
}
