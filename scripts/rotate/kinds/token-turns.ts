import { readSealedSecret } from '../../secrets/sealed-secret.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { type TokenAccount, tokenPath, tokenSecret, tokensOf } from '../account-token.ts';
import { nextName, readNeeded } from '../cluster-files.ts';
import { onlyTokensOfGit, tokenIsFilled, tokenIsUsed } from '../gates/account-tokens.ts';
import { ifReached } from '../gates/if-reached.ts';
import { TOKEN_NOTE } from '../registration.ts';
import type { FileChanges, Gate, RotationKind, StepContext } from '../rotation.ts';
import { readRotationFile } from '../rotation-file.ts';
import { liveInputsOf } from './live.ts';

/** A token as the cluster has made it. */
export interface LiveToken {
  /** The Secret that holds it. */
  secret: string;
  token: string;
  /** Certificate of the authority of the API server, PEM. */
  authority: string;
}

/** What sets one kind of token apart from another. */
export interface TokenUse {
  name: string;
  summary: string;
  isMeshWide?: boolean;
  account: TokenAccount;
  /** Who uses the token, for sentences. */
  users: string;
  /** Files that carry a token of the cluster, or shall; none where it has nothing of the kind. */
  holders(tree: SourceTree, cluster: string): readonly string[];
  /** What must be known before a token is made. @throws UserError where it is not */
  demand(context: StepContext): void;
  publish(context: StepContext, token: LiveToken): FileChanges;
  /** Takes away what the first token was published in. */
  withdraw(context: StepContext): FileChanges;
  /** What happens, and is to be done, where a person deletes the Secret of the token in use. */
  whenDeleted: string;
  /** What a person does first, so that there is something to rotate. */
  begin?: string;
  /** What must be so before the old token goes, and before the new one does: users have the other one. */
  beforeOldGoes: readonly Gate[];
  beforeNewGoes: readonly Gate[];
}

/**
 * Two tokens take turns: the new one is made beside the old one, given to all who use it, and the old one goes last. The cluster makes them:
 * git names the Secrets, and their values go from the cluster into sealed files by way of memory alone.
 */
export function tokenTurns(use: TokenUse): RotationKind {
  const { account, users } = use;
  const filled = tokenIsFilled(account);
  const observe = (tree: SourceTree, cluster: string) =>
    use.holders(tree, cluster).length > 0 ? phaseByFiles(use, tree, cluster) : undefined;
  return {
    name: use.name,
    summary: use.summary,
    ...(use.isMeshWide ? { isMeshWide: true } : {}),
    ...(use.begin ? { begin: use.begin } : {}),
    noEmergency: `the cluster makes a token only after it has the Secret for it, so ${users} cannot get it in the same commit. To shut a thief out at once, delete the Secret of the token in the cluster: ${use.whenDeleted}`,
    phases: [
      {
        name: 'standby',
        holds: `${users} have one token, and there is no other`,
        forward: {
          does: 'asks the cluster for a new token, beside the one in use',
          gates: [onlyTokensOfGit(account)],
          step: async (context) => issue(use, context),
        },
      },
      {
        name: 'issued',
        holds: `there is a new token, which ${users} do not have`,
        forward: {
          does: `gives ${users} the new token`,
          gates: [filled],
          step: async (context) => use.publish(context, liveToken(use, context, -1)),
          takesLive: (tree, cluster) => [`${account.namespace}/${tokensOf(tree, cluster, account).at(-1)}`],
        },
        back: {
          does: 'drops the new token',
          gates: ifReached(use.name, use.beforeNewGoes),
          step: async (context) => revoke(use, context, -1),
        },
      },
      {
        name: 'published',
        holds: `${users} have the new token; the old one is still valid`,
        forward: {
          // Argo CD takes the Secret of a token for a part of its account, and prunes no parts (gitops-engine pkg/cache/references.go).
          does: 'drops the old token from git; it is refused once its Secret is deleted in the cluster, which Argo CD leaves to you',
          gates: [filled, ...use.beforeOldGoes, tokenIsUsed(account, users)],
          step: async (context) => revoke(use, context, -2),
        },
        back: {
          does: `gives ${users} the old token again; where there was none, takes away the new one`,
          gates: [],
          step: async (context) =>
            tokensOf(context.tree, context.cluster.name, account).length < 2
              ? use.withdraw(context)
              : use.publish(context, liveToken(use, context, -2)),
          takesLive: (tree, cluster) =>
            tokensOf(tree, cluster, account)
              .slice(0, -1)
              .map((name) => `${account.namespace}/${name}`),
        },
      },
    ],
    observe,
  };
}

/** Which token each file carries. Files that are not there carry none; one that was written by hand is replaced by the first. */
function carriedTokens(tree: SourceTree, holders: readonly string[]): string[] {
  return holders.flatMap((path) => {
    const text = tree.read(path);
    return (text && readSealedSecret(text, path).notes?.[TOKEN_NOTE]) || [];
  });
}

function phaseByFiles(use: TokenUse, tree: SourceTree, cluster: string): string {
  const tokens = tokensOf(tree, cluster, use.account);
  const carried = carriedTokens(tree, use.holders(tree, cluster));
  const [older, newest] = [tokens.at(-2), tokens.at(-1)];
  const unknown = carried.find((token) => !tokens.includes(token));
  if (unknown !== undefined)
    throw inNoPhase(use, cluster, `${use.users} have a token that it has no Secret for: ${unknown}`);
  if (tokens.length > 2) throw inNoPhase(use, cluster, `there are ${tokens.length} tokens: ${tokens.join(', ')}`);
  if (newest === undefined) return 'standby';
  if (carried.every((token) => token === older)) return 'issued';
  if (carried.some((token) => token !== newest))
    throw inNoPhase(use, cluster, `some of ${use.users} have one token, some the other`);
  if (older !== undefined) return 'published';
  // The first token has none before it to tell by.
  return readRotationFile(tree, cluster).underWay[use.name]?.phase === 'published' ? 'published' : 'standby';
}

function inNoPhase({ name }: TokenUse, cluster: string, what: string): UserError {
  return new UserError(`${name} of ${cluster} is in no phase: ${what}`, {
    why: 'its files were edited by hand, or two branches were merged that each took a step',
    fix: 'take the files as they were before: git log shows their commits',
  });
}

function issue(use: TokenUse, context: StepContext): FileChanges {
  use.demand(context);
  const { tree, cluster } = context;
  const name = nextName(tree, cluster.name, use.account.stem);
  return new Map([[tokenPath(cluster.name, name), tokenSecret(use.account, name)]]);
}

/** @param index -1 for the newest, -2 for the one before, which the first rotation of a cluster has not */
function revoke({ account }: TokenUse, { tree, cluster }: StepContext, index: number): FileChanges {
  const name = tokensOf(tree, cluster.name, account).at(index);
  return new Map(name ? [[tokenPath(cluster.name, name), undefined]] : []);
}

function liveToken({ account }: TokenUse, context: StepContext, index: number): LiveToken {
  const { tree, cluster } = context;
  const secret = tokensOf(tree, cluster.name, account).at(index) ?? '';
  readNeeded(tree, tokenPath(cluster.name, secret));
  const values = liveInputsOf(context).secrets[`${account.namespace}/${secret}`];
  const [token, authority] = [values?.['token'], values?.['ca.crt']];
  if (token && authority) return { secret, token: token.toString('utf8'), authority: authority.toString('utf8') };
  throw new UserError(`Secret ${account.namespace}/${secret} of ${cluster.name} holds no token yet`, {
    why: 'the cluster fills it once it has the Secret and its service account',
    fix: `push and merge the commit that made it, wait until Argo CD has synced it, then: npm run rotate -- verify`,
  });
}
