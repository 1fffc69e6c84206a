import { describe, expect, it } from 'vitest';
import {
  clockSkew,
  frameSkew,
  positionAt,
  quantile,
  settledAfter,
  timelineError,
} from './analysis';
import type { ClockSample, ShownFrame } from './recorder';

/** A clock that runs from `fromMs`, sampled every 20 ms, off by `offMs`. */
function running(fromMs: number, toMs: number, offMs = 0, rate = 1): ClockSample[] {
  const samples: ClockSample[] = [];
  for (let t = fromMs; t <= toMs; t += 20) samples.push([t, (rate * t + offMs) / 1000, rate]);
  return samples;
}

describe('analysis of skew', () => {
  it('interpolates quantiles', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('interpolates a clock inside a stretch, and nowhere else', () => {
    const clock = running(0, 100);
    expect(positionAt(clock, 50)).toBeCloseTo(0.05);
    expect(positionAt(clock, 101)).toBeNaN();
    expect(positionAt([...clock, ...running(400, 500)], 250)).toBeNaN();
    expect(positionAt([...clock, ...running(120, 200, 5000)], 110)).toBeNaN();
  });

  it('measures the spread of all viewers at equal instants', () => {
    const viewers = [0, 4, -3].map((off) => ({ clock: running(0, 1000, off) }));
    const skews = clockSkew(viewers, 0, 1000);
    expect(skews).toHaveLength(40);
    for (const skew of skews) expect(skew).toBeCloseTo(7);
  });

  it('leaves out instants at which somebody has no clock', () => {
    const viewers = [{ clock: running(0, 1000) }, { clock: running(500, 1000) }];
    expect(clockSkew(viewers, 0, 1000)).toHaveLength(20);
  });

  it('measures frames by when they were shown', () => {
    const shown = (lateMs: number): { frames: ShownFrame[] } => ({
      frames: Array.from({ length: 60 }, (_, n): ShownFrame => [n * 33 + lateMs, (n * 33) / 1000]),
    });
    for (const skew of frameSkew([shown(0), shown(16)], 200, 1800)) expect(skew).toBeCloseTo(16);
  });

  it('measures the distance from the timeline and when it was reached', () => {
    const line = { atMs: 0, position: 0, rate: 1 };
    const late = [...running(0, 480, -30), ...running(500, 1000, -2)];
    expect(Math.max(...timelineError({ clock: late }, line, 500, 1000))).toBeCloseTo(-2);
    expect(settledAfter({ clock: late }, line, 0, 1000, 10)).toBe(480);
  });
});
