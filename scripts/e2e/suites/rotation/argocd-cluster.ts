import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ARGOCD_MANAGER, tokensOf } from '../../../rotate/account-token.ts';
import { liveInputs } from '../../../rotate/facts/live-secrets.ts';
import { argocdCluster } from '../../../rotate/kinds/argocd-cluster.ts';
import { MANAGEMENT_CERTIFICATE } from '../../../rotate/registration.ts';
import { openSourceTree } from '../../../system/source-tree.ts';
import type { Connection } from '../../../verify/connection.ts';
import { mergeAndSync } from '../../argo.ts';
import { setInRecord } from '../../edit-record.ts';
import { otherCluster } from '../../other-cluster.ts';
import type { Figure, Suite, World } from '../../suite.ts';
import { underTraffic } from '../../traffic.ts';
import { rotate } from './rotate.ts';

export const rotateArgocdCluster: Suite = {
  name: 'rotate-argocd-cluster',
  title: 'Argo CD gets a token of its own for a cluster, then another one, and goes on reaching it',
  core: false,
  labOnly: true,
  async run(world) {
    const remote = otherCluster(world);
    await giveFacts(world, remote);
    return underTraffic(world, { clusters: world.clusters }, async () => {
      const first = await takeTurn(world, remote);
      const second = await takeTurn(world, remote);
      return [...named('first token', first), ...named('next token', second)];
    });
  },
};

/** What a person does once: where the API server is, what the cluster of Argo CD seals with, and that its controller may take over. */
async function giveFacts(world: World, remote: Connection): Promise<void> {
  const { checkout, cluster } = world;
  const place = { namespace: 'argocd', name: `cluster-${remote.context}` };
  const { data, metadata } = await cluster.core.readNamespacedSecret(place);
  const server = Buffer.from(data?.['server'] ?? '', 'base64').toString('utf8');
  setInRecord(checkout, remote.context, 'apiServer', server);
  const certificate = readFileSync(join(checkout, `clusters/${cluster.context}/sealing.crt`), 'utf8');
  mkdirSync(join(checkout, dirname(MANAGEMENT_CERTIFICATE)), { recursive: true });
  writeFileSync(join(checkout, MANAGEMENT_CERTIFICATE), certificate);
  // The controller leaves a Secret alone that somebody else has made.
  const value = { ...metadata?.annotations, 'sealedsecrets.bitnami.com/managed': 'true' };
  const body = [{ op: 'add', path: '/metadata/annotations', value }];
  await cluster.core.patchNamespacedSecret({ ...place, body });
  await mergeAndSync(world, `e2e: how Argo CD reaches ${remote.context}`);
}

function takeTurn(world: World, remote: Connection): Promise<Figure[]> {
  const inputsFor = async (phase: string) => {
    if (phase !== 'published') return {};
    const tree = openSourceTree(world.checkout);
    const names = argocdCluster.phases.flatMap(({ name, forward }) =>
      name === 'issued' ? (forward.takesLive?.(tree, remote.context) ?? []) : [],
    );
    return { live: { [remote.context]: await liveInputs(remote, names) } };
  };
  const cleanUp = () => deleteOldTokens(world, remote);
  return rotate(world, { kind: argocdCluster, clusters: [remote], inputsFor, cleanUp });
}

/** Argo CD does not prune them. */
async function deleteOldTokens({ checkout }: World, { core, context }: Connection): Promise<void> {
  const { namespace, stem } = ARGOCD_MANAGER;
  const inUse = tokensOf(openSourceTree(checkout), context, ARGOCD_MANAGER);
  const names = (await core.listNamespacedSecret({ namespace })).items.map(({ metadata }) => metadata?.name ?? '');
  for (const name of names.filter((one) => one.startsWith(`${stem}-`) && !inUse.includes(one)))
    await core.deleteNamespacedSecret({ namespace, name });
}

function named(which: string, figures: readonly Figure[]): Figure[] {
  return figures.map((figure) => ({ ...figure, name: `${which}: ${figure.name}` }));
}
