import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Pictures of the product as it is: no tests, but taken on the stage of the journeys. */
export const pictures = defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['tests/pictures/**/*.picture.ts'],
    globalSetup: ['tests/journeys/harness/needs.ts'],
    fileParallelism: false,
    hookTimeout: 180_000,
  },
});

// Vitest looks for the default export.
// eslint-disable-next-line no-restricted-syntax
export default pictures;
