/** What keeps an image from being resolved, for the user; the caller adds the image. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
}
