import { describe, expect, it } from 'vitest';
import { bufferedAhead } from './buffered';

const ranges = [
  { startSeconds: 0, endSeconds: 10 },
  { startSeconds: 10.05, endSeconds: 20 },
  { startSeconds: 30, endSeconds: 40 },
];

describe('bufferedAhead', () => {
  it.each([
    ['counts to the end of the range', 15, 5],
    ['passes over a crack', 5, 15],
    ['stops at a hole', 19, 1],
    ['is nothing in a hole', 25, 0],
    ['is nothing past everything', 50, 0],
    ['finds a later range', 31, 9],
  ])('%s', (_fact, seconds, expected) => {
    expect(bufferedAhead(ranges, seconds)).toBeCloseTo(expected, 9);
  });

  it('is nothing without film', () => {
    expect(bufferedAhead([], 3)).toBe(0);
  });
});
