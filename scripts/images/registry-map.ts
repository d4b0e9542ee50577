import { UserError } from '../system/user-error.ts';
import { fullName, type ImageLocation, locateImage } from './image-location.ts';

/** Images below `from` are asked for at `to` instead, where a mirror has them under the same digests. */
export interface RegistryMapping {
  from: string;
  to: string;
}

/**
 * Reads `ghcr.io/ai-spm=mirror.example.com/ai-spm`.
 * @throws UserError for anything else
 */
export function parseRegistryMapping(text: string): RegistryMapping {
  const [from = '', to = '', ...rest] = text.split('=');
  const isPrefix = (prefix: string) => locateImage(`${prefix}/x`)?.registry === prefix.split('/', 1)[0];
  if (rest.length === 0 && isPrefix(from) && isPrefix(to)) return { from, to };
  throw new UserError(`\`${text}\` does not map one registry to another`, {
    fix: 'write it as ghcr.io/ai-spm=mirror.example.com/ai-spm: a registry with or without a path on both sides',
  });
}

/** The place to ask for an image; of several mappings that fit, the longest counts. */
export function mapLocation(location: ImageLocation, mappings: readonly RegistryMapping[]): ImageLocation {
  const name = fullName(location);
  const [best] = mappings
    .filter(({ from }) => name.startsWith(`${from}/`))
    .sort((a, b) => b.from.length - a.from.length);
  return (best && locateImage(best.to + name.slice(best.from.length))) ?? location;
}
