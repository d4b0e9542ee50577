import { defineConfig } from 'vitest/config';

/** `unit` runs offline anywhere (`npm test`); `system` needs Debian's chromium and docker-registry (`npm run test:system`). */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['scripts/**/*.test.ts'], exclude: ['scripts/**/*.system.test.ts'] },
      },
      { extends: true, test: { name: 'system', include: ['scripts/**/*.system.test.ts'] } },
    ],
  },
});
