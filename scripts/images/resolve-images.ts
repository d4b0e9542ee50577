import pLimit from 'p-limit';
import { HttpError } from '../system/http.ts';
import { UserError } from '../system/user-error.ts';
import type { DockerConfig } from './docker-config.ts';
import type { ImageEntry } from './image-list.ts';
import { type ImageLocation, locateImage } from './image-location.ts';
import { resolveTag } from './registry.ts';
import { RegistryError } from './registry-error.ts';
import { mapLocation, type RegistryMapping } from './registry-map.ts';

const REQUESTS_AT_ONCE = 4;

/**
 * Asks the registries of all images at once for the digests that their versions have now.
 * @returns digest by the name of the image
 * @throws UserError with everything that keeps an image from being resolved
 */
export async function resolveDigests(
  entries: readonly ImageEntry[],
  mappings: readonly RegistryMapping[],
  config: DockerConfig,
): Promise<Map<string, string>> {
  const limit = pLimit(REQUESTS_AT_ONCE);
  const digests = new Map<string, string>();
  const resolve = async (entry: ImageEntry): Promise<string[]> => {
    try {
      digests.set(entry.name, await digestOf(entry, mappings, config));
      return [];
    } catch (error) {
      // Any other error is a defect of this program.
      if (!(error instanceof RegistryError || error instanceof HttpError)) throw error;
      const { file, line, column } = entry.source;
      return [`${file}:${line}:${column}: ${nameAndVersion(entry)}: ${error.message}`];
    }
  };
  const failures = (await Promise.all(entries.map((entry) => limit(() => resolve(entry))))).flat();
  if (failures.length === 0) return digests;
  throw new UserError(
    `${failures.length} of ${entries.length} images cannot be resolved, nothing was written\n  ${failures.join('\n  ')}`,
    {
      fix: 'correct name and version, log in to the registry (docker login), or name a mirror with --registry-map; NODE_EXTRA_CA_CERTS names a private CA',
    },
  );
}

export function nameAndVersion({ image, version }: ImageEntry): string {
  return version ? `${image}:${version}` : image;
}

function digestOf(entry: ImageEntry, mappings: readonly RegistryMapping[], config: DockerConfig): Promise<string> {
  if (!entry.version) throw new RegistryError('has no version in newTag');
  // The list takes no other names.
  const location = locateImage(entry.image) as ImageLocation;
  return resolveTag(mapLocation(location, mappings), entry.version, config, entry.digest);
}
