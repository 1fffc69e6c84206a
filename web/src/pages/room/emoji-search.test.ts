import { describe, expect, it } from 'vitest';
import { GROUPS } from 'virtual:emoji';
import { searchEmoji } from './emoji-search';

const ALL = GROUPS.flatMap(([, emoji]) => emoji);

describe('emoji', () => {
  it('are many, in groups, each with a name', () => {
    expect(GROUPS.length).toBeGreaterThan(7);
    expect(ALL.length).toBeGreaterThan(1500);
    expect(ALL.every(([emoji, words]) => emoji !== '' && words !== '')).toBe(true);
  });

  it.each([
    ['fire', '🔥'],
    [':tada:', '🎉'],
    ['pizza', '🍕'],
    ['heart eyes', '😍'],
  ])('are found by %j', (typed, emoji) => {
    expect(searchEmoji(ALL, typed).map(([one]) => one)).toContain(emoji);
  });

  it('whose name begins with the word come first', () => {
    expect(searchEmoji(ALL, 'fire')[0]?.[1]).toMatch(/^fire/);
  });

  it('are none for nothing and for nonsense', () => {
    expect(searchEmoji(ALL, ' ')).toEqual([]);
    expect(searchEmoji(ALL, 'qqqzzz')).toEqual([]);
  });
});
