import { describe, expect, it } from 'vitest';
import { readPreferences, withEmoji, withVisit } from './preference-values';

describe('remembered choices', () => {
  it.each([null, '', 'null', '{', '[]', '"x"'])('start afresh from %j', (stored) => {
    expect(readPreferences(stored)).toMatchObject({ theme: 'system', volume: 1, visited: [] });
  });

  it('keep what is right when something beside it is not', () => {
    const read = readPreferences('{"theme":"neon","volume":0.4,"visited":[{"code":1}],"other":1}');
    expect(read).toMatchObject({ theme: 'system', volume: 0.4, visited: [] });
    expect(read).not.toHaveProperty('other');
  });

  it('hold each room once, the latest first', () => {
    const ada = { code: 'A', name: 'Ada', atMs: 1 };
    const bo = { code: 'B', name: 'Bo', atMs: 2 };
    const again = withVisit(withVisit(withVisit([], ada), bo), { ...ada, atMs: 3 });
    expect(again.map(({ code, atMs }) => [code, atMs])).toEqual([
      ['A', 3],
      ['B', 2],
    ]);
  });

  it('hold each emoji once', () => {
    expect(withEmoji(['😀', '🔥'], '🔥')).toEqual(['🔥', '😀']);
  });
});
