import type { X509Certificate } from 'node:crypto';
import { certificatesIn, fingerprintOf } from '../../secrets/pem.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { platformPath } from '../cluster-files.ts';
import { everythingStillTrusts, everythingTrusts } from '../gates/everything-trusts.ts';
import { gitSignsUnder, gitTrusts } from '../gates/git-agrees.ts';
import { ifReached } from '../gates/if-reached.ts';
import { istiodsSignWith } from '../gates/istiods-sign-with.ts';
import { leavesChainTo, noLeafChainsTo } from '../gates/leaves-chain-to.ts';
import { mounted, sealedOpened } from '../gates/sealed-opened.ts';
import { type Authority, readAuthority, signingRoot } from '../mesh-authority.ts';
import { meshOf } from '../mesh-members.ts';
import type { FileChanges, GateContext, RotationKind, StepContext } from '../rotation.ts';
import { readRotationFile, rotationPath, rotationText } from '../rotation-file.ts';
import { checkedRoot } from '../trusted-root.ts';
import { answeredIntermediate, changeAuthority, INTERMEDIATE, keyOfRoot } from './authority.ts';
import { meshIntermediate } from './mesh-intermediate.ts';
import { demandMultiroot } from './multiroot.ts';
import { accept, finish, isReplaced } from './requested.ts';

const NAME = 'mesh-root';

const istiodsSign = istiodsSignWith((tree, cluster) => readAuthority(tree, cluster)?.signer);
const authorities = ({ tree, cluster }: GateContext) =>
  meshOf(tree, cluster).flatMap((member) => {
    const path = platformPath(member, 'cacerts');
    return tree.read(path) === undefined ? [] : [{ cluster: member, path }];
  });
/** Else a step that was taken back may still be on its way: what proxies trust now, istiod may be about to take from them. */
const arrived = sealedOpened('the authority of the mesh', authorities);
/** Else a replica of istiod may still tell what was trusted before to a pod that starts. */
const istiodsHave = mounted('the authority of the mesh', authorities);

/**
 * The root of the mesh, in every cluster that shares it. istiod takes a new bundle only where the old and the new one contain each other
 * (`pemBundleHasSubsetRelation`, Istio pilot/pkg/bootstrap/istio_ca.go), so the new root is first added, then signs, and then stands alone.
 * A proxy asks for a new certificate when the bytes of the bundle that it is sent change, else at half of the life of the old one
 * (security/pkg/nodeagent/cache/secretcache.go). Whichever replica of istiod answers signs it: so all of them sign under the new root before
 * a second copy of it, which changes bytes and nothing else, makes every proxy ask.
 */
export const meshRoot: RotationKind = {
  name: NAME,
  summary: 'the root of the mesh, in all clusters that share it',
  isMeshWide: true,
  noEmergency:
    'istiod refuses a bundle without the root that it has, and keeps the old one until it is restarted; all steps together take minutes',
  phases: [
    {
      name: 'standby',
      holds: 'one root is trusted, and signs',
      forward: { does: 'adds the new root to what is trusted', gates: [arrived], step: trust },
    },
    {
      name: 'trusted',
      holds: 'both roots are trusted; the old one signs',
      forward: {
        does: 'signs with a new intermediate under the new root',
        gates: [gitTrusts(bothRoots), arrived, istiodsHave, everythingTrusts(bothRoots)],
        step: sign,
      },
      back: {
        does: 'drops the new root',
        gates: [
          gitSignsUnder('old', oldRoot),
          ...ifReached(NAME, [arrived, istiodsHave, istiodsSign, noLeafChainsTo(newRoot)], true),
        ],
        step: dropNew,
      },
    },
    {
      name: 'signing',
      holds: 'both roots are trusted; the new one signs',
      forward: {
        does: 'makes every proxy ask for a new certificate',
        gates: [gitSignsUnder('new', newRoot), arrived, istiodsSign],
        step: reissue,
      },
      back: {
        does: 'signs under the old root again',
        gates: [gitTrusts(bothRoots), everythingStillTrusts(bothRoots)],
        step: signWithOld,
      },
    },
    {
      name: 'reissued',
      holds: 'both roots are trusted; the new one signs, and every proxy was made to ask for a new certificate',
      forward: {
        does: 'drops the old root',
        gates: [gitSignsUnder('new', newRoot), istiodsSign, leavesChainTo(newRoot)],
        step: dropOld,
      },
      back: { does: 'leaves proxies what they have: the old root can sign again then', gates: [], step: dropCopy },
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
  if (signer && roots.length === 2) {
    if (signer === roots[0]) return 'trusted';
    // Where nobody was made to ask, the files look as before.
    const isSlow = readRotationFile(tree, cluster).underWay[NAME]?.phase === 'reissued';
    return isSlow || hasCopy(authority) ? 'reissued' : 'signing';
  }
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

function oldRoot(authority: Authority): X509Certificate[] {
  return authority.roots.slice(0, 1);
}

/** The last: bundles are only ever added to. */
function newRoot(authority: Authority): X509Certificate[] {
  return authority.roots.slice(-1);
}

async function trust(context: StepContext): Promise<FileChanges> {
  demandMultiroot(context.tree);
  const { bundle, roots } = authorityOf(context);
  const given = context.inputs.newRootCertificate ?? context.inputs.meshRoot?.certificate;
  const added = checkedRoot(given, context.now, {
    what: 'a new root',
    fix: 'give --root-certificate FILE, or --mesh-root FILE as `npm run rotate -- root FILE` makes it',
  });
  if (roots.some((root) => fingerprintOf(root) === fingerprintOf(added))) {
    throw new UserError('the root that was given is the one that is trusted already', {
      fix: 'make the new one: npm run rotate -- root FILE',
    });
  }
  // Istio before 1.30 compares bytes: what was there stays as it is, and the new one comes behind it.
  return changeAuthority(context, { bundle: `${withLineEnd(bundle)}${withLineEnd(added.toString())}` });
}

async function sign(context: StepContext): Promise<FileChanges> {
  const authority = authorityOf(context);
  const { bundle, roots } = authority;
  return signUnder(context, roots[1], 'new', hasCopy(authority) ? bundleOf(roots) : bundle);
}

async function reissue(context: StepContext): Promise<FileChanges> {
  const { bundle, roots } = authorityOf(context);
  return context.inputs.slow ? new Map() : changeAuthority(context, { bundle: bundle + bundleOf(roots.slice(1)) });
}

async function dropCopy(context: StepContext): Promise<FileChanges> {
  const authority = authorityOf(context);
  return hasCopy(authority) ? changeAuthority(context, { bundle: bundleOf(authority.roots) }) : new Map();
}

/** Other bytes in any case: proxies that got a certificate under the new root ask for another one. */
async function signWithOld(context: StepContext): Promise<FileChanges> {
  const { roots } = authorityOf(context);
  return signUnder(context, roots[0], 'old', bundleOf(roots) + bundleOf(roots.slice(1)));
}

/** With the key of the root, or with what its holder has made of the request of mesh-intermediate: that rotation is over then, too. */
async function signUnder(
  context: StepContext,
  root: X509Certificate | undefined,
  which: string,
  bundle: string,
): Promise<FileChanges> {
  const { tree, cluster, inputs } = context;
  if (isReplaced(tree, cluster.name, INTERMEDIATE)) {
    throw new UserError(`mesh-intermediate is under way in ${cluster.name}`, {
      why: 'the intermediate that it keeps for going back is under another root',
      fix: `end it first: npm run rotate -- apply mesh-intermediate --cluster ${cluster.name}`,
    });
  }
  if (!inputs.chain || !root) return changeAuthority(context, { bundle, signWith: keyOfRoot(context, root, which) });
  // What the chain answers is not signed here, whatever root was given with it.
  const { meshRoot: _, ...others } = inputs;
  const open = await answeredIntermediate({ ...context, inputs: others }, root, which);
  const accepted = accept(context, INTERMEDIATE, { ...open, 'root-cert.pem': bundle });
  const finished = finish({ ...context, tree: overlayTree(tree, accepted) }, INTERMEDIATE);
  const file = readRotationFile(tree, cluster.name);
  const { [meshIntermediate.name]: __, ...underWay } = file.underWay;
  return new Map([...finished, [rotationPath(cluster.name), rotationText({ ...file, underWay })]]);
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

/** The new root stands in the bundle twice. */
function hasCopy({ bundle, roots }: Authority): boolean {
  return certificatesIn(bundle).length > roots.length;
}

function bundleOf(roots: readonly X509Certificate[]): string {
  return roots.map((root) => withLineEnd(root.toString())).join('');
}

function withLineEnd(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
