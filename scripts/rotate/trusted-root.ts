import type { X509Certificate } from 'node:crypto';
import { givenCertificates } from '../secrets/check-chain.ts';
import { whyNotAuthority } from '../secrets/may-sign.ts';
import { isSignedBy } from '../secrets/pem.ts';
import { UserError } from '../system/user-error.ts';

const YEAR_MS = 365 * 86_400_000;

/**
 * The root that a person wants to be trusted.
 * @param wanted names it, and how it is given, for errors
 * @throws UserError where it is no root that lasts
 */
export function checkedRoot(
  pem: string | undefined,
  now: Date,
  { what, fix }: { what: string; fix: string },
): X509Certificate {
  const refuse = (why: string) => new UserError(`${what} is needed`, { why, fix });
  if (pem === undefined) throw refuse('every proxy is to trust it');
  const [root, ...others] = givenCertificates(pem) as [X509Certificate];
  if (others.length > 0) throw refuse(`what was given holds ${others.length + 1} certificates, not one`);
  const subject = root.subject.replaceAll('\n', ', ');
  if (!isSignedBy(root, root)) throw refuse(`${subject} is no root: it has not signed itself`);
  const reason = whyNotAuthority(root, 1);
  if (reason) throw refuse(`${subject} ${reason}`);
  if (new Date(root.validFrom) > now) throw refuse(`it is not valid before ${root.validFrom}`);
  if (new Date(root.validTo).getTime() - now.getTime() < YEAR_MS)
    throw refuse(`it ends ${root.validTo}: the next rotation would be due within a year`);
  return root;
}
