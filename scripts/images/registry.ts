import { createHash } from 'node:crypto';
import { type HttpAnswer, httpRequest, isLoopback } from '../system/http.ts';
import type { DockerConfig } from './docker-config.ts';
import { apiHost, DIGEST, type ImageLocation } from './image-location.ts';
import { authorize } from './registry-auth.ts';
import { RegistryError } from './registry-error.ts';

/** Indexes first: an image of several platforms is pinned as a whole. */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
/** The distribution specification has registries accept manifests of up to 4 MiB. */
const BOUNDS = { maxBytes: 4 * 1024 * 1024, timeoutMs: 30_000 };

/**
 * The digest that a registry has for a tag now (OCI distribution API, `GET /v2/<name>/manifests/<reference>`), checked against the manifest
 * itself unless it is the known one.
 * @param known the digest written so far
 * @throws RegistryError, HttpError when the registry gives none
 */
export async function resolveTag(
  location: ImageLocation,
  tag: string,
  config: DockerConfig,
  known?: string,
): Promise<string> {
  const ask = openRepository(location, config);
  const head = await ask('HEAD', tag);
  const announced = head.status === 200 ? head.headers.get('docker-content-digest') : null;
  if (announced !== null && announced === known) return announced;
  // By digest where there is one: the tag may move between the two requests.
  const reference = announced && DIGEST.test(announced) ? announced : tag;
  const answer = await ask('GET', reference);
  if (answer.status !== 200) throw new RegistryError(refusal(answer, location, tag, config));
  const type = answer.headers.get('content-type')?.split(';', 1)[0]?.trim() ?? '';
  if (!MANIFEST_TYPES.includes(type)) {
    throw new RegistryError(`${location.registry} answers with \`${type}\`, which is not an image manifest`);
  }
  const digest = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
  for (const claimed of [announced, answer.headers.get('docker-content-digest')]) {
    if (claimed !== null && claimed !== digest) {
      throw new RegistryError(
        `${location.registry} says that the digest is ${claimed}, but the manifest it sends has ${digest}`,
      );
    }
  }
  return digest;
}

type Ask = (method: 'GET' | 'HEAD', reference: string) => Promise<HttpAnswer>;

/** Requests to one repository; what the registry asks for as authorization is got once and kept. */
function openRepository(location: ImageLocation, config: DockerConfig): Ask {
  const host = apiHost(location.registry);
  const base = `${isLoopback(host) ? 'http' : 'https'}://${host}/v2/${location.repository}/manifests`;
  let authorization: string | undefined;
  return async (method, reference) => {
    const url = `${base}/${reference}`;
    const request = () => {
      const headers = { accept: MANIFEST_TYPES.join(', '), ...(authorization ? { authorization } : {}) };
      return httpRequest(url, { method, headers, ...BOUNDS });
    };
    const answer = await request();
    const offer = answer.headers.get('www-authenticate');
    if (answer.status !== 401 || !offer || authorization) return answer;
    authorization = await authorize(url, offer, location, config.credentials.get(location.registry));
    return authorization ? request() : answer;
  };
}

function refusal(
  answer: HttpAnswer,
  { registry, repository }: ImageLocation,
  tag: string,
  config: DockerConfig,
): string {
  if (answer.status === 404) return `${registry} has no ${repository}:${tag}`;
  if (answer.status === 429) return `${registry} takes no more requests for now (status 429): wait, or log in to it`;
  if (answer.status !== 401 && answer.status !== 403) return `${registry} answers with status ${answer.status}`;
  if (config.credentials.has(registry))
    return `${registry} refuses the credentials of ${config.path} for ${repository}`;
  const helpers = config.hasHelpers ? ' (credential helpers are not asked)' : '';
  return `${registry} asks for credentials, and ${config.path} has none in \`auths\`${helpers}`;
}
