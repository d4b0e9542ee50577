import type { X509Certificate } from 'node:crypto';
import { givenCertificates } from '../../secrets/check-chain.ts';
import { whyNotAuthority } from '../../secrets/may-sign.ts';
import { fingerprintOf, isSignedBy } from '../../secrets/pem.ts';
import { overlayTree, type SourceTree } from '../../system/source-tree.ts';
import { UserError } from '../../system/user-error.ts';
import { platformPath } from '../cluster-files.ts';
import { everythingTrusts } from '../gates/everything-trusts.ts';
import { clustersOf, gitSignsUnder, gitTrusts } from '../gates/git-agrees.ts';
import { istiodsSignWith } from '../gates/istiods-sign-with.ts';
import { leavesChainTo, noLeafChainsTo } from '../gates/leaves-chain-to.ts';
import { sealedOpened } from '../gates/sealed-opened.ts';
import type { FileChanges, RotationKind, StepContext } from '../rotation.ts';
import { readRotationFile, rotationPath, rotationText } from '../rotation-file.ts';
import {
  type Authority,
  answeredIntermediate,
  changeAuthority,
  INTERMEDIATE,
  keyOfRoot,
  readAuthority,
  signingRoot,
} from './authority.ts';
import { meshIntermediate } from './mesh-intermediate.ts';
import { demandMultiroot } from './multiroot.ts';
import { accept, finish, isReplaced } from './requested.ts';

const istiodsSign = istiodsSignWith((tree, cluster) => readAuthority(tree, cluster)?.signer);
/** Else a step that was taken back may still be on its way: what proxies trust now, istiod may be about to take from them. */
const arrived = sealedOpened('the authority of the mesh', ({ tree }) =>
  clustersOf(tree).flatMap((cluster) => {
    const path = platformPath(cluster, 'cacerts');
    return tree.read(path) === undefined ? [] : [{ cluster, path }];
  }),
);

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
        gates: [gitTrusts(bothRoots), arrived, everythingTrusts(bothRoots)],
        step: sign,
      },
      back: {
        does: 'drops the new root',
        gates: [gitSignsUnder('old', oldRoot), istiodsSign, noLeafChainsTo(newRoot)],
        step: dropNew,
      },
    },
    {
      name: 'signing',
      holds: 'both roots are trusted; the new one signs',
      forward: {
        does: 'drops the old root',
        gates: [gitSignsUnder('new', newRoot), istiodsSign, leavesChainTo(newRoot)],
        step: dropOld,
      },
      back: {
        does: 'signs under the old root again',
        gates: [gitTrusts(bothRoots), everythingTrusts(bothRoots)],
        step: signWithOld,
      },
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
  const again = context.inputs.slow ? '' : bundleOf(roots.slice(1));
  return signUnder(context, roots[1], 'new', bundle + again);
}

async function signWithOld(context: StepContext): Promise<FileChanges> {
  const { roots } = authorityOf(context);
  return signUnder(context, roots[0], 'old', bundleOf(roots));
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

/** @throws UserError where it is no root that lasts */
function checkedRoot(pem: string | undefined, now: Date): X509Certificate {
  const refuse = (why: string) =>
    new UserError('a new root is needed', {
      why,
      fix: 'give --root-certificate FILE, or --mesh-root FILE as `npm run rotate -- root FILE` makes it',
    });
  if (pem === undefined) throw refuse('it is added to what every proxy trusts');
  const [root, ...others] = givenCertificates(pem) as [X509Certificate];
  if (others.length > 0) throw refuse(`what was given holds ${others.length + 1} certificates, not one`);
  const subject = root.subject.replaceAll('\n', ', ');
  if (!isSignedBy(root, root)) throw refuse(`${subject} is no root: it has not signed itself`);
  const reason = whyNotAuthority(root, 1);
  if (reason) throw refuse(`${subject} ${reason}`);
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
