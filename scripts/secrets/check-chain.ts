import { createPublicKey, type X509Certificate } from 'node:crypto';
import { UserError } from '../system/user-error.ts';
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
  if (pem.includes('PRIVATE KEY')) throw refusal('it holds a private key', 'give the certificates alone');
  const chain = certificatesIn(pem);
  const [own] = chain;
  if (!own) throw refusal('it holds no certificate');
  if (!own.publicKey.equals(createPublicKey(publicKey))) {
    throw refusal(
      'its first certificate is for another key than the request',
      'put the own certificate first, and answer the request that is committed',
    );
  }
  for (const [index, certificate] of chain.entries()) {
    const next = chain[index + 1];
    if (next && !isSignedBy(certificate, next)) {
      throw refusal(
        `certificate ${index + 2} has not signed certificate ${index + 1}`,
        'order them: each is followed by the one that has signed it',
      );
    }
    if (next && !next.ca) throw refusal(`certificate ${index + 2} is no authority`);
    if (new Date(certificate.validFrom) > now)
      throw refusal(`certificate ${index + 1} is not valid before ${certificate.validFrom}`);
    if (new Date(certificate.validTo).getTime() - now.getTime() < WEEK_MS) {
      throw refusal(
        `certificate ${index + 1} ends ${certificate.validTo}`,
        'ask for one that lasts longer than a week',
      );
    }
  }
  for (const host of hosts)
    if (!own.checkHost(host, { subject: 'never' })) throw refusal(`it does not stand for ${host}`);
  if (authorityUnder) demandAuthority(chain, authorityUnder);
  else if (own.ca) throw refusal('its first certificate is an authority, not that of a server');
  return chain;
}

function demandAuthority(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): void {
  const [own] = chain;
  const last = chain.at(-1);
  if (!own?.ca)
    throw refusal('its first certificate is no authority: it may sign nothing', 'ask for CA:TRUE with keyCertSign');
  const isRoot = roots.some((root) => root.fingerprint256 === last?.fingerprint256);
  if (!isRoot && !roots.some((root) => last && isSignedBy(last, root))) {
    throw refusal(
      'it does not end in a root that the mesh trusts',
      'add the new root first: npm run rotate -- plan mesh-root',
    );
  }
}

function refusal(why: string, fix = 'ask the authority for a complete chain'): UserError {
  return new UserError('the certificates that were given cannot be used', { why, fix });
}
