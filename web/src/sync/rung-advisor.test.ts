import { describe, expect, it } from 'vitest';
import { RungAdvisor, type RungReading } from './rung-advisor';

const LADDER = [400_000, 1_200_000, 2_800_000, 5_000_000];
const READING: RungReading = {
  nowMs: 0,
  ladder: LADDER,
  rung: 3,
  bufferedAheadSeconds: 30,
  bufferedToEnd: false,
  running: true,
  bitsPerSecond: null,
};

/** Plays with a buffer that changes by `perSecond`; tells each cap with its time. */
function play(
  advisor: RungAdvisor,
  fromSeconds: number,
  perSecond: number,
  forSeconds: number,
  change: Partial<RungReading> = {},
  startMs = 0,
): { readonly atMs: number; readonly cap: number | null }[] {
  const caps: { atMs: number; cap: number | null }[] = [];
  let rung = change.rung ?? 3;
  for (let ms = 0; ms <= forSeconds * 1000; ms += 250) {
    const ahead = Math.max(0, fromSeconds + (perSecond * ms) / 1000);
    const advice = advisor.step({
      ...READING,
      ...change,
      rung,
      nowMs: startMs + ms,
      bufferedAheadSeconds: ahead,
    });
    if (advice !== null) {
      caps.push({ atMs: startMs + ms, cap: advice.cap });
      rung = advice.cap ?? 3;
    }
  }
  return caps;
}

describe('RungAdvisor', () => {
  it('leaves a buffer that holds alone', () => {
    expect(play(new RungAdvisor(), 30, 0, 60)).toEqual([]);
    expect(play(new RungAdvisor(), 5, 0.5, 20)).toEqual([]);
  });

  it('goes down before the buffer is empty', () => {
    const caps = play(new RungAdvisor(), 8, -0.5, 16);
    expect(caps[0]?.cap).toBe(2);
    expect(8 - 0.5 * ((caps[0]?.atMs ?? 0) / 1000)).toBeGreaterThan(2);
  });

  it('goes at once to a rung that the line can carry', () => {
    const caps = play(new RungAdvisor(), 6, -0.5, 5, { bitsPerSecond: 1_000_000 });
    expect(caps[0]?.cap).toBe(0);
  });

  it('takes its time between two steps', () => {
    const caps = play(new RungAdvisor(), 6, -0.5, 12);
    expect(caps.length).toBeGreaterThanOrEqual(2);
    expect((caps[1]?.atMs ?? 0) - (caps[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(6000);
  });

  it('does not mistake the end of the film for a weak line', () => {
    expect(play(new RungAdvisor(), 5, -1, 5, { bufferedToEnd: true })).toEqual([]);
  });

  it('does not mistake a jump for a weak line', () => {
    const advisor = new RungAdvisor();
    play(advisor, 30, 0, 10);
    advisor.restart();
    expect(play(advisor, 1, 2, 10, {}, 10_000)).toEqual([]);
  });

  it('goes up again after a long calm, one rung at a time, if the line carries it', () => {
    const advisor = new RungAdvisor();
    play(advisor, 6, -0.5, 8);
    const held = play(advisor, 30, 0, 120, { rung: 2, bitsPerSecond: 3_000_000 }, 10_000);
    expect(held).toEqual([]);
    const lifted = play(advisor, 30, 0, 60, { rung: 2, bitsPerSecond: 9_000_000 }, 200_000);
    expect(lifted.map(({ cap }) => cap)).toEqual([2, null]);
  });

  it('has nothing to say about a ladder of one rung', () => {
    expect(play(new RungAdvisor(), 6, -0.5, 12, { ladder: [1_000_000], rung: 0 })).toEqual([]);
  });
});
