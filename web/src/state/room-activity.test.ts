import { describe, expect, it } from 'vitest';
import type { Playback } from '../protocol';
import { activityBetween } from './room-activity';

const base: Playback = {
  item: 'i1',
  video: 'v1',
  paused: false,
  rate: 1,
  position: 10,
  at_us: 0,
  stamp: '1.0.a',
  by: 'bo',
  held: [],
  hold: null,
};

const hold = { until_us: 1, members: ['cy'] };

describe('activityBetween', () => {
  it.each([
    ['a pause', { paused: true, position: 15, at_us: 5_000_000 }, 'pause'],
    ['a jump', { position: 300, at_us: 5_000_000 }, 'seek'],
    ['another speed', { rate: 1.5, position: 15, at_us: 5_000_000 }, 'rate'],
    ['another film', { item: 'i2', position: 0 }, 'select'],
    ['nothing: the same line told anew', { position: 15.2, at_us: 5_000_000 }, null],
    ['nothing: a hold is shown as such', { paused: true, by: null, hold }, null],
    ['nothing: the queue ended', { item: null, paused: true }, null],
  ] as const)('sees %s', (_what, change, action) => {
    expect(activityBetween(base, { ...base, ...change })?.action ?? null).toBe(action);
  });

  it.each([
    ['a pause', { paused: true }, 'pause'],
    ['that it goes on without them', { paused: false }, 'play'],
    ['a jump', { hold, position: 300 }, 'seek'],
    ['another film', { item: 'i2', position: 0 }, 'select'],
    ['nothing: all are ready', { paused: false, by: null }, null],
    ['nothing: it waits for somebody else', { hold, by: null }, null],
  ] as const)('sees while the room waits: %s', (_what, change, action) => {
    const waiting = { ...base, paused: true, hold };
    expect(activityBetween(waiting, { ...waiting, hold: null, ...change })?.action ?? null).toBe(
      action,
    );
  });

  it('sees a start', () => {
    expect(activityBetween({ ...base, paused: true }, base)?.action).toBe('play');
  });
});
