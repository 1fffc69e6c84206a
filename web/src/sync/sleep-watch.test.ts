import { describe, expect, it } from 'vitest';
import { SleepWatch } from './sleep-watch';

describe('SleepWatch', () => {
  it.each([
    ['ordinary ticks', 1000, 1000, false],
    ['a background tab', 1900, 1900, false],
    ['sleep that both clocks counted', 60_000, 60_000, true],
    ['sleep that our clock did not count', 1000, 60_000, true],
    ['a wall clock that was set back', 1000, -3_600_000, true],
  ])('judges %s', (_what, monotonicStep, wallStep, slept) => {
    const watch = new SleepWatch();
    expect(watch.tick(500, 1_000_000)).toBe(false);
    expect(watch.tick(500 + monotonicStep, 1_000_000 + wallStep)).toBe(slept);
  });
});
