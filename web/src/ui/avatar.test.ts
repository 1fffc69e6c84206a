import { describe, expect, it } from 'vitest';
import { hueOf, initialsOf } from './avatar';

describe('a face', () => {
  it.each([
    ['Ada', 'A'],
    ['ada lovelace', 'AL'],
    ['  Jean-Luc de la Tour ', 'JT'],
    ['👩‍🚀 Bo', '👩‍🚀B'],
    ['', '?'],
  ])('of %j shows %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });

  it('keeps its hue', () => {
    expect(hueOf('01939f2e-6f00')).toBe(hueOf('01939f2e-6f00'));
    expect(hueOf('01939f2e-6f00') % 20).toBe(0);
  });
});
