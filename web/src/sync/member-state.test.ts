import { describe, expect, it } from 'vitest';
import { MemberStateWatch, type Condition } from './member-state';

const GOOD: Condition = {
  nowMs: 0,
  wanted: true,
  ended: false,
  running: true,
  hidden: false,
  refused: false,
  bufferedAheadSeconds: 20,
  bufferedToEnd: false,
};

/** Feeds conditions, given as [at ms, what differs], and tells the state after each. */
function states(...steps: readonly (readonly [number, Partial<Condition>])[]): string[] {
  const watch = new MemberStateWatch();
  return steps.map(([nowMs, change]) => watch.update({ ...GOOD, nowMs, ...change }));
}

describe('MemberStateWatch', () => {
  it('says nothing of an interruption as short as a seek', () => {
    expect(
      states([0, {}], [100, { running: false }], [300, { running: false }], [350, {}]),
    ).toEqual(['playing', 'playing', 'playing', 'playing']);
  });

  it('tells of a real stall, and of recovery only once there is some reserve', () => {
    const dry = { running: false, bufferedAheadSeconds: 0 };
    const thin = { bufferedAheadSeconds: 0.5 };
    expect(states([0, {}], [100, dry], [500, dry], [600, thin], [700, thin], [800, {}])).toEqual([
      'playing',
      'playing',
      'buffering',
      'buffering',
      'buffering',
      'playing',
    ]);
  });

  it('believes in recovery without a reserve after a while, and at the end of the film', () => {
    const dry = { running: false, bufferedAheadSeconds: 0 };
    const thin = { bufferedAheadSeconds: 0.5 };
    expect(states([0, dry], [500, dry], [600, thin], [2200, thin]).at(-1)).toBe('playing');
    expect(states([0, dry], [500, dry], [600, { ...thin, bufferedToEnd: true }]).at(-1)).toBe(
      'playing',
    );
  });

  it.each([
    ['paused while the room is paused', { wanted: false }, 'paused'],
    ['ended at the end', { ended: true, running: false }, 'ended'],
    ['away while the browser refuses to play', { refused: true, running: false }, 'away'],
  ])('is %s', (_fact, change, expected) => {
    expect(states([0, change])).toEqual([expected]);
  });

  it('makes nobody wait for a tab that is asleep', () => {
    const asleep = { running: false, hidden: true };
    expect(states([0, {}], [100, asleep], [900, asleep]).at(-1)).toBe('away');
  });
});
