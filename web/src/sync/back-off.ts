/** How long to wait before the next attempt to reconnect. Pure: chance is an argument. */

const FIRST_MS = 250;
const LONGEST_MS = 10_000;

export interface BackOff {
  /** Attempts that failed since the last success. */
  readonly failures: number;
  /** What the server asked us to wait at least, 0 if nothing. */
  readonly askedMs: number;
  /** From 0 to 1. Spreads the crowd of a room that lost its server at one instant. */
  readonly chance: number;
}

export function backOffMs({ failures, askedMs, chance }: BackOff): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  // Half of it is certain, so that a crowd does not come back at once by bad luck.
  return askedMs + ceilingMs * (0.5 + chance / 2);
}
