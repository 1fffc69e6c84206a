import { describe, expect, it } from 'vitest';
import { accept, advance, compareStamps, positionAt, type Timeline } from './timeline';

const base: Timeline = {
  item: 'i1',
  paused: false,
  rate: 1,
  positionSeconds: 10,
  atUs: 1_000_000,
  stamp: '5.0.a',
};
const later = (change: Partial<Timeline>): Timeline => ({ ...base, stamp: '6.0.a', ...change });

describe('positionAt', () => {
  it.each([
    ['waits at the start before its time', base, 0, 10],
    ['is at the start at its time', base, 1_000_000, 10],
    ['runs from then on', base, 3_500_000, 12.5],
    ['runs at the rate of the room', { ...base, rate: 1.5 }, 3_000_000, 13],
    ['stands while paused', { ...base, paused: true }, 9_000_000, 10],
  ])('%s', (_fact, timeline, roomUs, expected) => {
    expect(positionAt(timeline, roomUs)).toBeCloseTo(expected, 9);
  });
});

describe('compareStamps', () => {
  it.each([
    ['5.0.a', '5.0.a', 0],
    ['6.0.a', '5.9.z', 1],
    ['9.0.a', '10.0.a', -1],
    ['5.2.a', '5.10.a', -1],
    ['5.0.b', '5.0.a', 1],
    ['1763887330000001.0.n1', '1763887330000000.9.n2', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareStamps(a, b))).toBe(sign);
    expect(Math.sign(compareStamps(b, a))).toBe(sign === 0 ? 0 : -sign);
  });
});

describe('accept', () => {
  const track = { current: base, next: null };

  it('ignores what is older than already seen, or the same', () => {
    expect(accept(track, { ...base, positionSeconds: 99 }, 2_000_000)).toBe(track);
    expect(accept(track, { ...base, stamp: '4.9.z' }, 2_000_000)).toBe(track);
  });

  it('takes at once what is due', () => {
    const next = later({ paused: true });
    expect(accept(track, next, 2_000_000)).toEqual({ current: next, next: null });
  });

  it('keeps the old until what is scheduled is due', () => {
    const next = later({ positionSeconds: 300, atUs: 2_500_000 });
    const waiting = accept(track, next, 2_000_000);
    expect(waiting).toEqual({ current: base, next });
    expect(advance(waiting, 2_499_999).current).toBe(base);
    expect(advance(waiting, 2_500_000)).toEqual({ current: next, next: null });
  });

  it('lets a newer schedule replace one that was not due yet', () => {
    const first = accept(track, later({ atUs: 2_500_000 }), 2_000_000);
    const newest = later({ stamp: '7.0.a', positionSeconds: 50, atUs: 2_600_000 });
    expect(accept(first, newest, 2_100_000)).toEqual({ current: base, next: newest });
  });

  it('stands at the start if the very first state is scheduled', () => {
    const first = accept(null, later({ atUs: 2_500_000 }), 2_000_000);
    expect(first.current.paused).toBe(true);
    expect(positionAt(first.current, 2_400_000)).toBe(10);
    expect(advance(first, 2_500_000).current.paused).toBe(false);
  });
});
