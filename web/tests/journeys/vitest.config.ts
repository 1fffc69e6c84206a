import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const ALL = 'tests/journeys/**/*.journey.ts';
const named = (...names: string[]) => names.map((name) => `tests/journeys/${name}.journey.ts`);
/** Nothing else runs meanwhile, not even what takes only the time that nobody wants. */
const MEASURED = named('skew', 'first-frame');
/** They watch that a film never stumbles: one by one. */
const ALONE = named('restart', 'network', 'away', 'production', 'parts');

const common = {
  pool: 'forks',
  isolate: false,
  testTimeout: 120_000,
  teardownTimeout: 20_000,
} as const;

/** Browser journeys: first those that need quiet, one by one; then the others, two at a time. */
export const journeys = defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    globalSetup: ['tests/journeys/harness/needs.ts'],
    hookTimeout: 180_000,
    projects: [
      {
        test: {
          ...common,
          name: 'measured',
          include: MEASURED,
          maxWorkers: 1,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'alone',
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'together',
          include: [ALL],
          exclude: [...MEASURED, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

// Vitest looks for the default export.
// eslint-disable-next-line no-restricted-syntax
export default journeys;
