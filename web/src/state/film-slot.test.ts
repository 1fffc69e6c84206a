import { describe, expect, it } from 'vitest';
import { furthestSeconds, type Film } from './film-slot';

const half: Film = { item: 'a', master: '/m', playableUntilSeconds: 30, complete: false };

describe('the furthest that one may go', () => {
  it('is a place with a picture while the film is being made', () => {
    expect(furthestSeconds(half, 10)).toBe(29);
  });

  it('is never behind where one is', () => {
    expect(furthestSeconds(half, 29.8)).toBe(29.8);
    expect(furthestSeconds({ ...half, playableUntilSeconds: 0.5 }, 0)).toBe(0);
  });

  it('is the end of a film that is whole, which the room knows', () => {
    expect(furthestSeconds({ ...half, complete: true }, 10)).toBe(Number.POSITIVE_INFINITY);
    expect(furthestSeconds(null, 10)).toBe(Number.POSITIVE_INFINITY);
  });
});
