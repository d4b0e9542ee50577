import { z } from 'zod';
import { allowedUrl, httpRequest } from '../system/http.ts';
import { parseChallenges } from './challenge.ts';
import type { Credentials } from './docker-config.ts';
import type { ImageLocation } from './image-location.ts';
import { RegistryError } from './registry-error.ts';

const TOKEN_BOUNDS = { maxBytes: 1024 * 1024, timeoutMs: 30_000 };
const tokenAnswer = z.looseObject({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * The `Authorization` header that a registry asks for in the answer to a request without one.
 * @param asked URL of that request
 * @param offer its `WWW-Authenticate` header
 * @returns `undefined` where it offers nothing that can be given
 * @throws RegistryError when its token server gives no token
 */
export async function authorize(
  asked: string,
  offer: string,
  { repository }: ImageLocation,
  credentials: Credentials | undefined,
): Promise<string | undefined> {
  const challenges = parseChallenges(offer);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer')?.parameters;
  if (bearer?.['realm']) {
    const realm = allowedUrl(bearer['realm'], new URL(asked));
    if (bearer['service']) realm.searchParams.set('service', bearer['service']);
    realm.searchParams.set('scope', bearer['scope'] || `repository:${repository}:pull`);
    return `Bearer ${await fetchToken(realm, credentials)}`;
  }
  const isBasic = challenges.some(({ scheme }) => scheme === 'basic');
  return isBasic && credentials ? basic(credentials) : undefined;
}

async function fetchToken(url: URL, credentials: Credentials | undefined): Promise<string> {
  const headers = credentials ? { authorization: basic(credentials) } : {};
  const { status, body } = await httpRequest(url.href, { headers, ...TOKEN_BOUNDS });
  const server = url.origin + url.pathname;
  if (status === 401 || status === 403) {
    throw new RegistryError(
      `${server} gives no token ${credentials ? 'for the credentials it got' : 'without credentials'}`,
    );
  }
  if (status !== 200) throw new RegistryError(`${server} gives no token: status ${status}`);
  const answer = tokenAnswer.safeParse(parseJson(body)).data;
  const token = answer?.token ?? answer?.access_token;
  if (!token || !/^[\x21-\x7e]+$/.test(token)) throw new RegistryError(`${server} answers without a token`);
  return token;
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
