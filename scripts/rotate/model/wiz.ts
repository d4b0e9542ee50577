import type { SourceTree } from '../../system/source-tree.ts';
import type { Direction } from '../engine.ts';
import { wiz } from '../kinds/wiz.ts';
import { readRotationFile } from '../rotation-file.ts';
import { stepped } from '../testing/rotation-tree.ts';
import type { Model } from './explore.ts';
import { factsOf, gitMoves, isLegal, type Omissions, rememberedBy } from './git-steps.ts';
import { type Deployment, type Rollout, rolloutMoves, settled, workloadFacts } from './rollout.ts';
import { CLUSTER, firstAlike, rounds } from './rounds.ts';
import { sealedFacts, Values } from './values.ts';

const ID = 'wiz-client-id';

/** What git has no more is revoked at Wiz at once, as the command says. */
export async function wizModel(
  first: SourceTree,
  sealingKey: string,
  now: Date,
  { shortcuts = [], without }: Omissions = {},
): Promise<Model<Rollout>> {
  const inputs = (round: number) => ({ values: { [ID]: `id-${round}`, 'wiz-client-secret': `secret-${round}` } });
  let begun = first;
  for (const _ of wiz.phases) begun = await stepped(begun, wiz, { now, clusters: [CLUSTER], inputs: inputs(-1) });
  const states = await rounds(wiz, begun, { now, count: 2, inputs });
  const tree = (index: number) => states[index]?.tree as SourceTree;
  const values = new Values(sealingKey);
  const secret = (one: SourceTree) => readRotationFile(one, CLUSTER).inUse.wiz.secret;
  const deployment: Deployment = {
    ...{ name: 'wiz-integration', states, values, sameSecrets: firstAlike(states, sealedFacts) },
    variables: [
      { name: 'WIZ_CLIENT_ID', key: ID, secret, isOptional: true },
      { name: 'WIZ_CLIENT_SECRET', key: 'wiz-client-secret', secret, isOptional: true },
    ],
  };
  const isOpen = rememberedBy((state: Rollout & { direction: Direction }) => {
    const facts = factsOf(CLUSTER, now, {
      workloads: { value: [workloadFacts(deployment, state)] },
      sealedSecrets: { value: sealedFacts(tree(state.secrets)) },
    });
    return isLegal(wiz, tree(state.git), CLUSTER, state.direction, { facts: [facts], now, without });
  });
  const inGit = states.map(({ tree: one }) => {
    const names = one.list(`clusters/${CLUSTER}/secrets`).filter((path) => path.includes('/ai-spm-wiz-'));
    return names.map((path) => values.in(one, path.split('/').at(-1)?.replace('.yaml', '') ?? '', ID));
  });
  return {
    initial: settled(deployment, 2),
    moves: (state) => [
      ...rolloutMoves(deployment, state).map(({ what, change }) => ({ what, next: { ...state, ...change } })),
      ...gitMoves(states, state, shortcuts, (direction) => isOpen({ ...state, direction })).map(({ what, change }) => ({
        ...{ what, next: { ...state, ...change } },
      })),
    ],
    broken: ({ git, pods }) => {
      const held = pods.map(({ values: [id = -1] }) => id);
      if (held.includes(-1)) return 'a pod has no credentials';
      return held.every((id) => inGit[git]?.includes(id)) ? undefined : 'a pod has credentials that were revoked';
    },
  };
}
