/** Declares a journey: a test with a stage of its own, and pictures of it when it fails. */
import { test } from 'vitest';
import { Stage } from './stage';

export interface JourneyOptions {
  /** For the server. */
  readonly args?: readonly string[];
  /** So many nodes behind a load balancer, with everything that production has. */
  readonly nodes?: number;
  /** Only with `scripts/test.sh --long`; skipped otherwise. */
  readonly long?: boolean;
}

/** Nothing hangs for longer. */
const TIMEOUT_MS = 300_000;
const LONG_TOO = process.env['SYNCWATCH_LONG_TESTS'] === 'yes';

export function journey(
  name: string,
  body: (stage: Stage) => Promise<void>,
  { args = [], nodes = 0, long = false }: JourneyOptions = {},
): void {
  test.skipIf(long && !LONG_TOO)(name, { timeout: TIMEOUT_MS }, async () => {
    const stage = new Stage(name, args, nodes);
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
