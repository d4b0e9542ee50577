import { describe, expect, it } from 'vitest';
import { fullName, locateImage } from './image-location.ts';
import { mapLocation, parseRegistryMapping } from './registry-map.ts';

function mapped(image: string, ...mappings: string[]): string {
  const location = locateImage(image);
  if (!location) throw new Error(image);
  return fullName(mapLocation(location, mappings.map(parseRegistryMapping)));
}

describe('registry mappings', () => {
  it('replace a registry, or a registry and a path', () => {
    expect(mapped('ghcr.io/ai-spm/app', 'ghcr.io/ai-spm=127.0.0.1:5000/ai-spm')).toBe('127.0.0.1:5000/ai-spm/app');
    expect(mapped('ghcr.io/ai-spm/app', 'ghcr.io=mirror.example.com')).toBe('mirror.example.com/ai-spm/app');
    expect(mapped('postgres', 'docker.io=mirror.example.com/hub')).toBe('mirror.example.com/hub/library/postgres');
  });

  it('fit whole parts only, the longest before the others', () => {
    expect(mapped('ghcr.io/ai-spm-next/app', 'ghcr.io/ai-spm=m.example.com')).toBe('ghcr.io/ai-spm-next/app');
    const both = ['ghcr.io=short.example.com', 'ghcr.io/ai-spm=long.example.com'];
    expect(mapped('ghcr.io/ai-spm/app', ...both)).toBe('long.example.com/app');
    expect(mapped('ghcr.io/ai-spm/app', ...both.reverse())).toBe('long.example.com/app');
  });

  it.each([
    '',
    '=',
    'ghcr.io',
    'ghcr.io=',
    '=m.example.com',
    'ghcr.io=a=b',
    'ai-spm=m.example.com',
    'ghcr.io=https://m.example.com',
    'ghcr.io/=m.example.com',
  ])('refuse `%s`', (text) =>
    expect(() => parseRegistryMapping(text)).toThrow(`\`${text}\` does not map one registry to another`),
  );
});
