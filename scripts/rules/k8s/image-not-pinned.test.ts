import { describe, expect, it } from 'vitest';
import { DEPLOYMENT } from './example.ts';
import { imageNotPinnedRule } from './image-not-pinned.ts';
import { reportOf, withField } from './rule-testing.ts';

const SPEC = ['spec', 'template', 'spec'];
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const report = (image: unknown) =>
  reportOf(imageNotPinnedRule, withField(DEPLOYMENT, [...SPEC, 'containers', 0, 'image'], image), false);

describe('image-not-pinned', () => {
  it.each([
    ['app', 'no tag'],
    ['registry.local:5000/team/app', 'no tag'],
    ['app:latest', '`latest`'],
    ['app:1', 'major version'],
    ['app:v1', 'major version'],
    ['postgres:15-alpine', 'major version'],
    ['node:22-bookworm-slim', 'major version'],
    ['app:stable', 'names no version'],
    ['registry.local:5000/app:main', 'names no version'],
  ])('reports %s: %s', (image, reason) => {
    const [problem] = report(image);
    expect(problem?.path).toBe('/spec/template/spec/containers/0/image');
    expect(problem?.message).toContain(reason);
  });

  it.each([
    ['an exact version', 'app:1.4.2'],
    ['a version of two parts', 'postgres:15.18'],
    ['a prefixed version', 'registry.local:5000/team/app:v1.4.2-rc.1'],
    ['a digest, whatever the tag', `app:latest@${DIGEST}`],
    ['a digest without a tag', `app@${DIGEST}`],
    ['a commit', 'app:3f2a9bc'],
    ['a commit of letters only', 'app:deadbeef'],
    ['a date', 'app:20241101'],
    ['a build number', 'app:build-118'],
    ['a build number alone', 'app:11827'],
    ['what Istio fills in for a gateway', 'auto'],
    ['no image at all, which the schema reports', undefined],
  ])('accepts %s', (_, image) => {
    expect(report(image)).toEqual([]);
  });

  it('looks at init containers and at volumes made from an image', () => {
    const init = withField(DEPLOYMENT, [...SPEC, 'initContainers'], [{ name: 'setup', image: 'setup' }]);
    expect(reportOf(imageNotPinnedRule, init)[0]?.message).toContain('of container `setup`');
    const volume = withField(
      DEPLOYMENT,
      [...SPEC, 'volumes'],
      [{ name: 'models', image: { reference: 'models:latest' } }],
    );
    expect(reportOf(imageNotPinnedRule, volume)[0]?.path).toBe('/spec/template/spec/volumes/0/image/reference');
  });
});
