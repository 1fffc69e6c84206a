import { describe, expect, it } from 'vitest';
import { uuidV7 } from './uuid';

describe('a UUID of version 7', () => {
  it('has its version, its variant and its time where they belong', () => {
    expect(uuidV7(1_700_000_000_123, 0, () => 0)).toBe('018bcfe5-687b-7000-8000-000000000000');
    expect(uuidV7(1_700_000_000_123.9, 4095, () => 1 - 2 ** -53)).toBe(
      '018bcfe5-687b-7fff-bfff-ffffffffffff',
    );
  });

  it('differs from the one before where time and chance do not', () => {
    const made = [1, 2, 4097].map((count) => uuidV7(5, count, () => 0.5));
    expect(made[0]).not.toBe(made[1]);
    // After so many in one page both have long changed.
    expect(made[0]).toBe(made[2]);
  });
});
