import type { V1Secret } from '@kubernetes/client-node';
import type { Connection } from '../../verify/connection.ts';
import { ACCOUNTS } from '../account-token.ts';
import type { AccountTokenFacts } from './facts.ts';

const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';
/** The API server sets it at the first request of each day with the token (Kubernetes pkg/serviceaccount/legacy.go, since 1.28 everywhere). */
const LAST_USED = 'kubernetes.io/legacy-token-last-used';

/** The lasting tokens with which others may reach this cluster. Whether they are filled is looked at, what they are is not kept. */
export async function accountTokens({ core }: Connection): Promise<AccountTokenFacts[]> {
  const fieldSelector = 'type=kubernetes.io/service-account-token';
  const { items } = await core.listSecretForAllNamespaces({ fieldSelector });
  return tokensIn(items);
}

export function tokensIn(secrets: readonly V1Secret[]): AccountTokenFacts[] {
  return secrets.flatMap(({ metadata, data }) => {
    const { name = '', namespace = '', annotations = {}, labels = {} } = metadata ?? {};
    const account = annotations[ACCOUNT_ANNOTATION];
    const known = ACCOUNTS.find((one) => one.name === account && one.namespace === namespace);
    if (!known) return [];
    const used = labels[LAST_USED];
    const filled = Boolean(data?.['token'] && data['ca.crt']);
    return [{ namespace, account: known.name, name, filled, ...(used ? { lastUsed: used } : {}) }];
  });
}
