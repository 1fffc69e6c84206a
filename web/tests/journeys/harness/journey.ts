/** Declares a journey: a test with a stage of its own, and pictures of it when it fails. */
import { test } from 'vitest';
import { Stage } from './stage';

export interface JourneyOptions {
  /** For the server. */
  readonly args?: readonly string[];
  readonly timeoutMs?: number;
  /** Only with `scripts/test.sh --long`; skipped otherwise. */
  readonly long?: boolean;
}

const LONG_TOO = process.env['SYNCWATCH_LONG_TESTS'] === 'yes';

export function journey(
  name: string,
  body: (stage: Stage) => Promise<void>,
  { args = [], timeoutMs = 120_000, long = false }: JourneyOptions = {},
): void {
  test.skipIf(long && !LONG_TOO)(name, { timeout: timeoutMs }, async () => {
    const stage = new Stage(name, args);
    try {
      await stage.open();
      await body(stage);
      await stage.isCalm();
    } catch (failure) {
      await stage.photograph();
      throw failure;
    } finally {
      await stage.close();
    }
  });
}
