import type { X509Certificate } from 'node:crypto';
import { certificatesIn, chainsTo, fingerprintOf } from '../secrets/pem.ts';
import { sealedSecretIn } from '../secrets/sealed-secret.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { platformPath } from './cluster-files.ts';

/** The authority of the mesh in one cluster, as its file `cacerts.yaml` has it. */
export interface Authority {
  /** Everything that is trusted, as PEM: the very bytes of `root-cert.pem`. */
  bundle: string;
  /** Each root once, in order. */
  roots: X509Certificate[];
  /** The intermediate that istiod signs with. */
  signer: X509Certificate;
  /** It, and each authority between it and its root. */
  chain: X509Certificate[];
}

/** `undefined` where istiod of the cluster makes an authority of its own. */
export function readAuthority(tree: SourceTree, cluster: string): Authority | undefined {
  const path = platformPath(cluster, 'cacerts');
  const text = tree.read(path);
  if (text === undefined) return undefined;
  const authority = authorityIn(text);
  if (!authority) {
    throw new UserError(`${path} does not show its certificates`, {
      why: 'the phase of a rotation is read from `root-cert.pem` and `ca-cert.pem`, which stand in the clear in spec.template.data',
      fix: `seal it anew: delete it, then npm run rotate -- init ${cluster} --mesh-root FILE`,
    });
  }
  return authority;
}

/** `undefined` where a text is no SealedSecret that shows its certificates. */
export function authorityIn(text: string): Authority | undefined {
  try {
    return shownAuthority(text);
  } catch {
    // A block of PEM that is no certificate.
    return undefined;
  }
}

function shownAuthority(text: string): Authority | undefined {
  const {
    'root-cert.pem': bundle = '',
    'ca-cert.pem': own = '',
    'cert-chain.pem': whole = '',
  } = sealedSecretIn(text)?.open ?? {};
  const [signer] = certificatesIn(own);
  const roots = new Map(certificatesIn(bundle).map((root) => [fingerprintOf(root), root]));
  if (!signer || roots.size === 0) return undefined;
  return { bundle, roots: [...roots.values()], signer, chain: [signer, ...certificatesIn(whole).slice(1)] };
}

/** Whether what istiod signs is accepted by whoever trusts a root. */
export function isUnder({ chain }: Authority, root: X509Certificate): boolean {
  return chainsTo(chain, root);
}

/** Which of the trusted roots the intermediate is under. */
export function signingRoot(authority: Authority): X509Certificate | undefined {
  return authority.roots.find((root) => isUnder(authority, root));
}
