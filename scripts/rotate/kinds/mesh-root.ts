import type { X509Certificate } from 'node:crypto';
import { certificatesIn, fingerprintOf, isSignedBy } from '../../secrets/pem.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { platformPath } from '../cluster-files.ts';
import { clustersAreIn } from '../gates/clusters-are-in.ts';
import { everythingTrusts } from '../gates/everything-trusts.ts';
import { istiodsSignWith } from '../gates/istiods-sign-with.ts';
import { leavesChainTo, noLeafChainsTo } from '../gates/leaves-chain-to.ts';
import type { FileChanges, RotationKind, StepContext } from '../rotation.ts';
import { type Authority, changeAuthority, keyOfRoot, readAuthority, signingRoot } from './authority.ts';
import { demandMultiroot } from './multiroot.ts';

/**
 * The root of the mesh, in every cluster that shares it. istiod takes a new bundle only where the old and the new one contain each other
 * (`pemBundleHasSubsetRelation`, Istio pilot/pkg/bootstrap/istio_ca.go), so the new root is first added, then signs, and then stands alone.
 * The second copy of the new root while both are trusted changes bytes and nothing else: the push of a changed bundle makes every proxy ask
 * for a new certificate at once, instead of at half of the life of the old one (security/pkg/nodeagent/cache/secretcache.go).
 */
export const meshRoot: RotationKind = {
  name: 'mesh-root',
  summary: 'the root of the mesh, in all clusters that share it',
  isMeshWide: true,
  noEmergency:
    'istiod refuses a bundle without the root that it has, and keeps the old one until it is restarted; all steps together take minutes',
  phases: [
    {
      name: 'standby',
      holds: 'one root is trusted, and signs',
      forward: { does: 'adds the new root to what is trusted', gates: [], step: trust },
    },
    {
      name: 'trusted',
      holds: 'both roots are trusted; the old one signs',
      forward: {
        does: 'signs with a new intermediate under the new root, and makes every proxy ask for a new certificate',
        gates: [clustersAreIn(observe, ['trusted', 'signing']), everythingTrusts(bothRoots)],
        step: sign,
      },
      back: { does: 'drops the new root', gates: [noLeafChainsTo(newRoot)], step: dropNew },
    },
    {
      name: 'signing',
      holds: 'both roots are trusted; the new one signs',
      forward: {
        does: 'drops the old root',
        gates: [
          clustersAreIn(observe, ['signing', 'standby']),
          istiodsSignWith((tree, cluster) => readAuthority(tree, cluster)?.signer),
          leavesChainTo(newRoot),
        ],
        step: dropOld,
      },
      back: { does: 'signs under the old root again', gates: [everythingTrusts(bothRoots)], step: signWithOld },
    },
  ],
  observe,
};

function observe(tree: SourceTree, cluster: string): string | undefined {
  const authority = readAuthority(tree, cluster);
  if (!authority) return undefined;
  const { roots } = authority;
  const signer = signingRoot(authority);
  if (signer && roots.length === 1) return 'standby';
  if (signer && roots.length === 2) return signer === roots[0] ? 'trusted' : 'signing';
  throw new UserError(
    signer
      ? `${platformPath(cluster, 'cacerts')} trusts ${roots.length} roots`
      : `${platformPath(cluster, 'cacerts')} signs with an intermediate that none of its roots has signed`,
    {
      why: 'a rotation replaces one root by one other',
      fix: 'take the file as it was before it was edited: git log shows its commits',
    },
  );
}

function bothRoots(authority: Authority): X509Certificate[] {
  return authority.roots;
}

/** The last: bundles are only ever added to. */
function newRoot(authority: Authority): X509Certificate[] {
  return authority.roots.slice(-1);
}

async function trust(context: StepContext): Promise<FileChanges> {
  demandMultiroot(context.tree);
  const { bundle, roots } = authorityOf(context);
  const given = context.inputs.newRootCertificate ?? context.inputs.meshRoot?.certificate;
  const added = checkedRoot(given, context.now);
  if (roots.some((root) => fingerprintOf(root) === fingerprintOf(added))) {
    throw new UserError('the root that was given is the one that is trusted already', {
      fix: 'make the new one: npm run rotate -- root FILE',
    });
  }
  // Istio before 1.30 compares bytes: what was there stays as it is, and the new one comes behind it.
  return changeAuthority(context, { bundle: `${withLineEnd(bundle)}${withLineEnd(added.toString())}` });
}

async function sign(context: StepContext): Promise<FileChanges> {
  const { bundle, roots } = authorityOf(context);
  const root = keyOfRoot(context, roots[1], 'new');
  const again = context.inputs.slow ? '' : withLineEnd(root.certificate);
  return changeAuthority(context, { bundle: bundle + again, signWith: root });
}

async function signWithOld(context: StepContext): Promise<FileChanges> {
  const { roots } = authorityOf(context);
  const root = keyOfRoot(context, roots[0], 'old');
  return changeAuthority(context, { bundle: bundleOf(roots), signWith: root });
}

async function dropOld(context: StepContext): Promise<FileChanges> {
  return changeAuthority(context, { bundle: bundleOf(authorityOf(context).roots.slice(1)) });
}

async function dropNew(context: StepContext): Promise<FileChanges> {
  return changeAuthority(context, { bundle: bundleOf(authorityOf(context).roots.slice(0, 1)) });
}

function authorityOf({ tree, cluster }: StepContext): Authority {
  const authority = readAuthority(tree, cluster.name);
  if (!authority) throw new Error(`${cluster.name} has no authority`);
  return authority;
}

/** @throws UserError where it is no root that lasts */
function checkedRoot(pem: string | undefined, now: Date): X509Certificate {
  const refuse = (why: string) =>
    new UserError('a new root is needed', {
      why,
      fix: 'give --root-certificate FILE, or --mesh-root FILE as `npm run rotate -- root FILE` makes it',
    });
  if (pem === undefined) throw refuse('it is added to what every proxy trusts');
  const [root, ...others] = certificatesIn(pem);
  if (!root || others.length > 0)
    throw refuse(`what was given holds ${root ? others.length + 1 : 0} certificates, not one`);
  if (!root.ca || !isSignedBy(root, root))
    throw refuse(`${root.subject} is no root: it is not an authority that has signed itself`);
  if (new Date(root.validFrom) > now) throw refuse(`it is not valid before ${root.validFrom}`);
  if (new Date(root.validTo).getTime() - now.getTime() < 365 * 86_400_000)
    throw refuse(`it ends ${root.validTo}: the next rotation would be due within a year`);
  return root;
}

function bundleOf(roots: readonly X509Certificate[]): string {
  return roots.map((root) => withLineEnd(root.toString())).join('');
}

function withLineEnd(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
