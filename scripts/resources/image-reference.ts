/** An image name taken apart: `registry.local:5000/team/app:1.2@sha256:...`. */
export interface ImageReference {
  repository: string;
  tag?: string;
  digest?: string;
}

/** A colon before the last slash belongs to the port of the registry. */
export function parseImage(image: string): ImageReference {
  const [name = '', digest] = image.split('@', 2);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return {
    repository: colon < 0 ? name : name.slice(0, colon),
    ...(colon < 0 ? {} : { tag: name.slice(colon + 1) }),
    ...(digest === undefined ? {} : { digest }),
  };
}

const COMMIT = /^[0-9a-f]{7,40}$/;
/** `1`, `v1`, `15-alpine`: a major version; numbers of four digits and more are dates or build numbers. */
const MAJOR = /^v?\d{1,3}(-[a-z].*)?$/i;

/** Why the tag may stand for another image tomorrow, `undefined` where it is exact or a digest pins it. */
export function floatingReason({ tag, digest }: ImageReference): string | undefined {
  if (digest) return undefined;
  if (!tag) return 'has no tag, which means `latest`';
  if (tag === 'latest') return 'has the tag `latest`';
  if (COMMIT.test(tag)) return undefined;
  if (MAJOR.test(tag)) return `has the tag \`${tag}\`, which moves with every release of that major version`;
  return /\d/.test(tag) ? undefined : `has the tag \`${tag}\`, which names no version`;
}
