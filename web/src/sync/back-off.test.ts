import { describe, expect, it } from 'vitest';
import { backOffMs } from './back-off';

describe('backOffMs', () => {
  it('comes back quickly after the first drop', () => {
    expect(backOffMs({ failures: 0, askedMs: 0, chance: 0.999 })).toBeLessThanOrEqual(250);
  });

  it('grows with every failure, and no further than ten seconds', () => {
    const delays = Array.from({ length: 20 }, (_none, failures) =>
      backOffMs({ failures, askedMs: 0, chance: 0.5 }),
    );
    expect([...delays].sort((a, b) => a - b)).toEqual(delays);
    expect(Math.max(...delays)).toBeLessThanOrEqual(10_000);
  });

  it('spreads a crowd over half of the time, but lets nobody back at once', () => {
    const earliest = backOffMs({ failures: 4, askedMs: 0, chance: 0 });
    const latest = backOffMs({ failures: 4, askedMs: 0, chance: 0.999 });
    expect(earliest).toBe(2000);
    expect(latest).toBeGreaterThan(3990);
  });

  it('waits at least as long as the server asked', () => {
    expect(backOffMs({ failures: 0, askedMs: 3000, chance: 0 })).toBeGreaterThanOrEqual(3000);
  });
});
