import { defineConfig } from 'vitest/config';

/** `unit` runs offline anywhere (`npm test`); `system` needs Debian's chromium and docker-registry (`npm run test:system`). */
export default defineConfig({
  test: {
    // What takes seconds takes a minute on a machine that is busy otherwise.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // The tests mostly wait for the commands that they start; the default leaves one core of two idle.
    maxWorkers: '100%',
    // Finds, or installs once, the kustomize that many test files use side by side.
    globalSetup: 'scripts/testing/global-setup.ts',
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['scripts/**/*.test.ts'], exclude: ['scripts/**/*.system.test.ts'] },
      },
      { extends: true, test: { name: 'system', include: ['scripts/**/*.system.test.ts'] } },
    ],
  },
});
