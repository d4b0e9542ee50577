import type { X509Certificate } from 'node:crypto';
import { createRequest, ISTIOD, intermediateSubject, requestedKey } from '../secrets/certificates.ts';
import { givenCertificates } from '../secrets/check-chain.ts';
import { fingerprintOf } from '../secrets/pem.ts';
import { changeOpen, readSealedSecret, sealSecret, withoutNote } from '../secrets/sealed-secret.ts';
import type { SealingCertificate } from '../secrets/sealing-certificate.ts';
import type { SourceTree } from '../system/source-tree.ts';
import { UserError } from '../system/user-error.ts';
import { platformPath, sealingCertificateOf } from './cluster-files.ts';
import { INTERMEDIATE, intermediateIn } from './kinds/authority.ts';
import { isRequested, requestPath } from './kinds/requested.ts';
import { readAuthority } from './mesh-authority.ts';
import { meshOf } from './mesh-members.ts';
import type { FileChanges } from './rotation.ts';
import { checkedRoot } from './trusted-root.ts';
import { isKeyOf, KEY_NOTE, requestedFingerprint } from './waiting-key.ts';

/**
 * The sealed key that waits for its certificates: beside the record, from where nothing is deployed. With a Secret `cacerts` that holds no
 * certificates istiod would not start (`checkCABundleCompleteness`, Istio pilot/pkg/bootstrap/istio_ca.go).
 */
export function waitingPath(cluster: string): string {
  return `clusters/${cluster}/cacerts.yaml`;
}

/** A key is sealed and a request is there, whether they go together or not, and nobody has answered yet. */
export function isUnanswered(tree: SourceTree, cluster: string): boolean {
  const isThere = (path: string) => tree.kind(path) === 'file';
  return (
    [waitingPath(cluster), requestPath(cluster, INTERMEDIATE)].every(isThere) &&
    !isThere(platformPath(cluster, 'cacerts'))
  );
}

/** The request can be answered: the key that is sealed is its own. */
export function isWaiting(tree: SourceTree, cluster: string): boolean {
  const [waiting, request] = [waitingPath(cluster), requestPath(cluster, INTERMEDIATE)].map((path) => tree.read(path));
  return isUnanswered(tree, cluster) && isKeyOf(waiting ?? '', request ?? '');
}

/** What a person does next. */
export function waitsFor(cluster: string): string {
  return (
    `${cluster} waits for its authority: have ${requestPath(cluster, INTERMEDIATE)} signed by the root of the mesh, then ` +
    `npm run rotate -- init ${cluster} --chain FILE --root-certificate FILE. Merge it to a running cluster only then: without, istiod would sign by itself`
  );
}

/** A key for the first intermediate of a cluster, sealed at once, and the request for the authority that holds the root. */
export async function requestAuthority(
  cluster: string,
  certificate: SealingCertificate,
  rsa: boolean,
): Promise<Map<string, string>> {
  const { request, key } = await createRequest({ subject: intermediateSubject(cluster), dnsNames: [ISTIOD], rsa });
  const data = { [INTERMEDIATE.keyName]: Buffer.from(key) };
  const notes = { [KEY_NOTE]: requestedFingerprint(request) ?? '' };
  return new Map([
    [waitingPath(cluster), sealSecret({ namespace: 'istio-system', name: 'cacerts', data, notes }, certificate)],
    [requestPath(cluster, INTERMEDIATE), request],
  ]);
}

export interface FirstAnswer {
  /** Own certificate first, PEM. */
  chain: string;
  /** Root that proxies are to trust, PEM; that of the other members where absent. */
  rootCertificate?: string;
  now: Date;
}

/**
 * Puts the key that waits in place, with the certificates that were answered.
 * @throws UserError where nothing waits, or the answer cannot be used
 */
export function answerAuthority(tree: SourceTree, cluster: string, answer: FirstAnswer): FileChanges {
  const path = waitingPath(cluster);
  const [waiting, request] = [tree.read(path), tree.read(requestPath(cluster, INTERMEDIATE))];
  if (readAuthority(tree, cluster)) {
    // As after a command that was killed.
    if (waiting !== undefined) return withoutRequest(tree, cluster);
    throw new UserError(`${cluster} has its authority already`, {
      fix: 'to replace it: npm run rotate -- plan mesh-intermediate',
    });
  }
  if (waiting === undefined || request === undefined) {
    throw new UserError(`no request of ${cluster} waits for an answer`, { fix: askAnew(cluster) });
  }
  const { certificate } = readSealedSecret(waiting, path);
  if (certificate !== sealingCertificateOf(tree, cluster, answer.now).fingerprint) {
    throw new UserError(`${path} is sealed to another certificate than the one that ${cluster} has now`, {
      why: 'the key that opens it may be gone: nothing says that this file hangs on it',
      fix: `remove it, and have another request signed: ${askAnew(cluster)}`,
    });
  }
  if (!isKeyOf(waiting, request)) {
    throw new UserError(`the key in ${path} is not the one that ${requestPath(cluster, INTERMEDIATE)} asks for`, {
      why: 'istiod does not start with a key and a certificate of another; a command that was killed between the two leaves them so',
      fix: `have another request signed: ${askAnew(cluster)}`,
    });
  }
  const root = rootFor(tree, cluster, answer);
  const { open } = intermediateIn({ chain: answer.chain, publicKey: requestedKey(request) }, root, answer.now);
  const key = withoutNote(waiting, KEY_NOTE);
  return new Map([
    [platformPath(cluster, 'cacerts'), changeOpen(key, { ...open, 'root-cert.pem': root.toString() }, {})],
    ...withoutRequest(tree, cluster),
  ]);
}

/** Takes away what waits, once the cluster has an authority. A request of mesh-intermediate, which has the same name, stays. */
export function withoutRequest(tree: SourceTree, cluster: string): FileChanges {
  const request = isRequested(tree, cluster, INTERMEDIATE) ? [] : [requestPath(cluster, INTERMEDIATE)];
  return new Map([waitingPath(cluster), ...request].map((path) => [path, undefined]));
}

function rootFor(tree: SourceTree, cluster: string, { rootCertificate, now }: FirstAnswer): X509Certificate {
  const [known] = meshOf(tree, cluster).flatMap((member) => readAuthority(tree, member)?.roots ?? []);
  const given = rootCertificate === undefined ? [] : givenCertificates(rootCertificate);
  demandRootOfMesh(tree, cluster, given[0]);
  return (
    known ??
    checkedRoot(rootCertificate, now, {
      what: 'the certificate of the root',
      fix: 'give --root-certificate FILE: the certificate of the authority at the top, which signed itself',
    })
  );
}

/** @throws UserError where the other members trust another root, or are about to: the new one would be cut off from them */
export function demandRootOfMesh(tree: SourceTree, name: string, given: X509Certificate | undefined): void {
  for (const member of meshOf(tree, name)) {
    const { roots = [] } = (member !== name && readAuthority(tree, member)) || {};
    if (roots.length > 1) {
      throw new UserError(`the root of the mesh is being replaced: ${member} trusts ${roots.length}`, {
        why: `with one of them alone, ${name} would refuse the others sooner or later, and hold the rotation up`,
        fix: 'end the rotation first, or take it back: npm run rotate -- plan mesh-root',
      });
    }
    if (roots[0] && given && fingerprintOf(roots[0]) !== fingerprintOf(given)) {
      throw new UserError(`the root that was given is not the one that ${member} trusts`, {
        why: `${name} and ${member} are of one mesh: their proxies would refuse each other`,
        fix: `give the root with the fingerprint ${fingerprintOf(roots[0])}`,
      });
    }
  }
}

export function askAnew(cluster: string): string {
  return `npm run rotate -- init ${cluster} --context CONTEXT --mesh-request`;
}
