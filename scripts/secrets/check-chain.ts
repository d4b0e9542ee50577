import { createPublicKey, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { UserError } from '../system/user-error.ts';
import { isForServers, whyNotAuthority } from './may-sign.ts';
import { certificatesIn, isSignedBy } from './pem.ts';

export interface WantedChain {
  /** Public key that the first certificate must have, PEM. */
  publicKey: string;
  now: Date;
  /** Host names that it must stand for. */
  hosts?: readonly string[];
  /** It must be an authority, and end in one of these roots. */
  authorityUnder?: readonly X509Certificate[];
}

const WEEK_MS = 7 * 86_400_000;
const ASK_AGAIN = 'ask the authority for a complete chain';

/**
 * Checks what an authority has answered, strictly: a chain that only some clients accept is an outage for the others.
 * @param pem own certificate first, then each that has signed the one before
 * @returns its certificates
 * @throws UserError that names the first thing that is wrong
 */
export function checkChain(
  pem: string,
  { publicKey, now, hosts = [], authorityUnder }: WantedChain,
): X509Certificate[] {
  const chain = givenCertificates(pem);
  const [own] = chain as [X509Certificate];
  if (!own.publicKey.equals(createPublicKey(publicKey))) {
    throw refusal(
      'its first certificate is for another key than the request',
      'put the own certificate first, and answer the request that is committed',
    );
  }
  for (const [index, certificate] of chain.entries()) {
    const next = chain[index + 1];
    if (next && !isSignedBy(certificate, next)) {
      // Its key has, but it says of itself that it may not.
      const reason = certificate.verify(next.publicKey) ? whyNotAuthority(next, 0) : undefined;
      if (reason) throw refusal(`certificate ${index + 2} ${reason}`);
      throw refusal(
        `certificate ${index + 2} has not signed certificate ${index + 1}`,
        'order them: each is followed by the one that has signed it',
      );
    }
    if (new Date(certificate.validFrom) > now)
      throw refusal(`certificate ${index + 1} is not valid before ${certificate.validFrom}`);
    if (new Date(certificate.validTo).getTime() - now.getTime() < WEEK_MS) {
      throw refusal(
        `certificate ${index + 1} ends ${certificate.validTo}`,
        'ask for one that lasts longer than a week',
      );
    }
  }
  if (authorityUnder) demandAuthority(chain, authorityUnder);
  else demandServer(chain, hosts);
  return chain;
}

/**
 * The certificates of a text that a person has given, one at least.
 * @throws UserError where it holds anything else
 */
export function givenCertificates(pem: string): X509Certificate[] {
  if (pem.includes('PRIVATE KEY')) throw refusal('it holds a private key', 'give the certificates alone');
  const blocks = pem.match(/-----BEGIN /g)?.length ?? 0;
  if (blocks === 0) throw refusal('it holds no certificate');
  let all: X509Certificate[] = [];
  try {
    all = certificatesIn(pem);
  } catch {
    // OpenSSL says in its own words that it cannot be decoded.
  }
  if (all.length === blocks) return all;
  throw refusal(
    'it holds a block that is no certificate, or a broken one',
    'give PEM (BEGIN CERTIFICATE), as the authority has sent it',
  );
}

function demandServer(chain: readonly X509Certificate[], hosts: readonly string[]): void {
  const [own] = chain as [X509Certificate];
  if (own.ca) throw refusal('its first certificate is an authority, not that of a server');
  for (const host of hosts)
    if (!own.checkHost(host, { subject: 'never' })) throw refusal(`it does not stand for ${host}`);
  if (!isForServers(own)) throw refusal('it is not for servers', 'ask for one with serverAuth');
  demandSigners(chain.slice(1), 2, 0);
  const last = chain.at(-1) as X509Certificate;
  // A server that has signed itself is no authority, and so has not issued itself by the rules.
  if (last.verify(last.publicKey) || isPublic(last)) return;
  throw refusal(
    `it ends in a certificate that ${last.issuer.replaceAll('\n', ', ')} has signed, and does not hold that one`,
    'put every certificate behind it up to the root; of a root that no browser knows, the root as well',
  );
}

/** Signed by a root that clients on the internet know, as Mozilla lists them. */
function isPublic(certificate: X509Certificate): boolean {
  return rootCertificates.some((pem) => isSignedBy(certificate, new X509Certificate(pem)));
}

function demandAuthority(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): void {
  const [own] = chain as [X509Certificate];
  const reason = whyNotAuthority(own, 0);
  if (reason) throw refusal(`its first certificate ${reason}`, 'ask for CA:TRUE with keyCertSign');
  const last = chain.at(-1) as X509Certificate;
  const root = roots.find((one) => one.fingerprint256 === last.fingerprint256 || isSignedBy(last, one));
  if (!root) {
    throw refusal(
      'it does not end in a root that the mesh trusts',
      'add the new root first: npm run rotate -- plan mesh-root',
    );
  }
  const whole = root.fingerprint256 === last.fingerprint256 ? chain : [...chain, root];
  demandSigners(whole.slice(1), 2, 1);
}

/**
 * @param first number of the first signer, for errors
 * @param below how many authorities stand below the first signer
 */
function demandSigners(signers: readonly X509Certificate[], first: number, below: number): void {
  for (const [index, signer] of signers.entries()) {
    const reason = whyNotAuthority(signer, below + index);
    if (reason) throw refusal(`certificate ${first + index} ${reason}`);
  }
}

function refusal(why: string, fix = ASK_AGAIN): UserError {
  return new UserError('the certificates that were given cannot be used', { why, fix });
}
