import type { X509Certificate } from 'node:crypto';
import { placedObjects } from '../../argo/placed.ts';
import { quoted } from '../../resources/fields.ts';
import { platformPath } from '../../rotate/cluster-files.ts';
import { type Authority, authorityIn, isUnder, signingRoot } from '../../rotate/mesh-authority.ts';
import { meshOf } from '../../rotate/mesh-members.ts';
import { fingerprintOf } from '../../secrets/pem.ts';
import type { SourceTree } from '../../system/source-tree.ts';
import type { CodeInfo, SourceRule } from '../rule.ts';
import { authorityTree } from './example-authority.ts';

const untrusted: CodeInfo = {
  code: 'SEC003',
  slug: 'mesh-root-untrusted',
  severity: 'error',
  title: 'a cluster does not trust the root that another cluster of its mesh signs under',
  why: 'Its proxies refuse every connection from and to proxies of the other cluster, and failover between them ends in errors. Each of two pull requests can be right alone, such as one that drops the old root here while the other goes back to signing under it there: what counts is what git says once both are merged.',
  fix: 'Keep every root under which a member of the federation signs in `root-cert.pem` of all members. Take back the later of the two steps with `git revert`, then ask what the mesh waits for: `npm run rotate -- plan mesh-root`.',
  bad: authorityTree({ demo: { signs: 'new', trusts: ['new'] }, other: { signs: 'old', trusts: ['old', 'new'] } }),
  good: authorityTree({
    demo: { signs: 'new', trusts: ['old', 'new'] },
    other: { signs: 'old', trusts: ['old', 'new'] },
  }),
};

/** In one mesh, the root of every signer is in the trust bundle of every member. */
export const meshRootUntrustedRule: SourceRule = {
  codes: [untrusted],
  *check({ repository: { tree, files } }) {
    for (const mesh of meshesOf(tree)) {
      const members = mesh.flatMap((cluster) => {
        const authority = authorityIn(tree.read(platformPath(cluster, 'cacerts')) ?? '');
        return authority ? [{ cluster, authority }] : [];
      });
      for (const { root, signers } of byRoot(members)) {
        for (const { cluster, authority } of members) {
          if (root && authority.roots.some((one) => fingerprintOf(one) === fingerprintOf(root))) continue;
          const file = files.find(({ path }) => path === platformPath(cluster, 'cacerts'));
          const [placed] = file ? placedObjects(file) : [];
          const which = root ? `the root ${fingerprintOf(root).slice(0, 12)}, under which` : 'any root under which';
          const message = `\`${cluster}\` does not trust ${which} ${quoted(signers)} ${signers.length > 1 ? 'sign' : 'signs'}`;
          if (placed)
            yield { code: untrusted, source: placed.placeOf(['spec', 'template', 'data', 'root-cert.pem']), message };
        }
      }
    }
  },
};

interface Member {
  cluster: string;
  authority: Authority;
}

/** A cluster that is no member of the federation is a mesh too: its proxies must trust its own istiod. */
function meshesOf(tree: SourceTree): Iterable<readonly string[]> {
  const names = new Set(tree.list('clusters').map((path) => path.split('/')[1] ?? ''));
  const meshes = [...names].map((name) => meshOf(tree, name));
  return new Map(meshes.map((mesh) => [mesh[0], mesh])).values();
}

/** Who signs under each root; without a root, where nobody trusts the one that it is. */
function byRoot(members: readonly Member[]): { root: X509Certificate | undefined; signers: string[] }[] {
  const all = members.flatMap(({ authority }) => authority.roots);
  const groups = new Map<string, { root: X509Certificate | undefined; signers: string[] }>();
  for (const { cluster, authority } of members) {
    const root = signingRoot(authority) ?? all.find((one) => isUnder(authority, one));
    const key = root ? fingerprintOf(root) : '';
    const signers = [...(groups.get(key)?.signers ?? []), cluster];
    groups.set(key, { root, signers });
  }
  return [...groups.values()];
}
