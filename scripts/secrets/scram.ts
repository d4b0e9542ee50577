import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** PostgreSQL's own number of rounds. */
const ITERATIONS = 4096;
const VERIFIER = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/;

/**
 * What PostgreSQL keeps in place of a password: it can check one with it, and nobody can log in with it.
 * @param password letters, digits and signs of ASCII, which need no preparation (SASLprep, RFC 4013)
 * @returns `SCRAM-SHA-256$ITERATIONS:SALT$STORED_KEY:SERVER_KEY`, the last three in base64 (RFC 5803)
 */
export function scramVerifier(password: string, salt = randomBytes(16), iterations = ITERATIONS): string {
  // The server prepares passwords before it hashes them: of these alone it is known that they stay as they are.
  if (!/^[\x21-\x7e]+$/.test(password)) throw new Error('a password must be visible ASCII');
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** Whether a verifier is that of a password. `false` too for what is no verifier. */
export function isVerifierOf(verifier: string, password: string): boolean {
  const [, iterations = '', salt = ''] = VERIFIER.exec(verifier) ?? [];
  if (!salt) return false;
  const expected = scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations));
  return expected.length === verifier.length && timingSafeEqual(Buffer.from(expected), Buffer.from(verifier));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
