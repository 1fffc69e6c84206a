import { describe, expect, it } from 'vitest';
import type { Member } from '../../../protocol';
import { facesOf, marksOf, seekByKey } from './seek-bar';

function member(id: string, change: Partial<Member>): Member {
  return {
    id,
    name: id,
    kind: 'guest',
    role: 'viewer',
    host: false,
    state: 'playing',
    drift_ms: 0,
    voice: null,
    ...change,
  };
}

describe('the seek bar', () => {
  it('shows who is elsewhere, where the room is measured from', () => {
    const members = [
      member('me', { drift_ms: -5000 }),
      member('near', { drift_ms: 500 }),
      member('behind', { drift_ms: -20_000 }),
      member('away', { drift_ms: -20_000, state: 'away' }),
      member('unknown', { drift_ms: null }),
    ];
    expect(facesOf(members, 'me', 95, -5000, 600)).toEqual([
      { id: 'behind', name: 'behind', seconds: 80 },
    ]);
    expect(facesOf(members, 'me', 5, 0, 600)).toEqual([]);
  });

  it('gathers reactions that lie close together', () => {
    const at = (positionSeconds: number | null, emoji = '🔥') => ({ emoji, positionSeconds });
    const marks = marksOf([at(60), at(60.2, '😂'), at(300), at(null), at(700)], 600);
    expect(marks.map(({ share, count, emoji }) => [share, count, emoji])).toEqual([
      [0.1, 2, '😂'],
      [0.5, 1, '🔥'],
    ]);
    expect(marksOf([at(1)], 0)).toEqual([]);
  });

  it.each([
    ['ArrowRight', false, 105],
    ['ArrowLeft', true, 70],
    ['PageUp', false, 120],
    ['Home', false, 0],
    ['End', false, 120],
    ['Enter', false, null],
  ])('goes by %s (shift %s) to %s', (key, shift, to) => {
    expect(seekByKey(key, 100, 120, shift)).toBe(to);
  });
});
