/** Where an image is kept, in full: `postgres` is `{ registry: 'docker.io', repository: 'library/postgres' }`. */
export interface ImageLocation {
  /** Host with its port, if any. */
  registry: string;
  repository: string;
}

const HOST_LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const REGISTRY = new RegExp(`^(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?$`);
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const MAX_NAME = 255;

/** What the distribution specification of the OCI allows as a tag. */
export const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Takes an image name without tag and digest apart as container runtimes do: the first part is a registry when it has a dot, a colon or a
 * capital letter, or is `localhost`; everything else is on Docker Hub, where one part alone stands in `library`.
 * @returns `undefined` where it is not the name of an image
 */
export function locateImage(name: string): ImageLocation | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = /[.:A-Z]/.test(first) || first === 'localhost';
  const isHub = !hasRegistry || first === 'docker.io' || first === 'index.docker.io';
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const registry = isHub ? 'docker.io' : first;
  const repository = isHub && !path.includes('/') ? `library/${path}` : path;
  const isValid = REGISTRY.test(registry) && REPOSITORY.test(repository) && repository.length <= MAX_NAME;
  return isValid ? { registry, repository } : undefined;
}

export function fullName({ registry, repository }: ImageLocation): string {
  return `${registry}/${repository}`;
}

/** Host that answers for a registry: that of Docker Hub is not the one in the names of its images. */
export function apiHost(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}
