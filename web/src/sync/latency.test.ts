import { describe, expect, it } from 'vitest';
import { LearnedLatency, SEEK_LATENCY, StartLatency } from './latency';

const SOUGHT = { sought: true, idleMs: 500 };
const GOES_ON = { sought: false, idleMs: 500 };

describe('latency of a start', () => {
  it('is that of a seek or that of going on', () => {
    const starts = new StartLatency();
    expect(starts.of(SOUGHT).valueMs).toBeGreaterThan(starts.of(GOES_ON).valueMs + 50);
  });

  it('is another one after a rest', () => {
    const starts = new StartLatency();
    expect(starts.of({ sought: true, idleMs: 12_000 })).not.toBe(starts.of(SOUGHT));
    expect(starts.of({ sought: false, idleMs: 12_000 })).not.toBe(starts.of(GOES_ON));
    expect(starts.of({ sought: false, idleMs: 9000 })).toBe(starts.of(GOES_ON));
  });

  it('learns each by itself', () => {
    const starts = new StartLatency();
    const before = starts.of(GOES_ON).valueMs;
    for (let i = 0; i < 20; i += 1) {
      const latency = starts.of(SOUGHT);
      latency.learn(110 - latency.valueMs);
    }
    expect(starts.of(SOUGHT).valueMs).toBeCloseTo(110, 0);
    expect(starts.of(GOES_ON).valueMs).toBe(before);
  });

  it('is amply estimated while it varies, and hardly more than usual when it does not', () => {
    const seeks = new LearnedLatency(SEEK_LATENCY);
    const see = (tookMs: number): void => {
      seeks.learn(tookMs - seeks.valueMs);
    };
    for (let i = 0; i < 20; i += 1) see(i % 2 === 0 ? 60 : 140);
    expect(seeks.ampleMs).toBeGreaterThan(140);
    expect(seeks.ampleMs).toBeLessThan(220);
    for (let i = 0; i < 30; i += 1) see(80);
    expect(seeks.ampleMs).toBeLessThan(85);
    for (let i = 0; i < 30; i += 1) see(5000);
    expect(seeks.ampleMs).toBe(SEEK_LATENCY.mostMs);
  });

  it('is moved little by an outlier', () => {
    const starts = new StartLatency();
    starts.of(SOUGHT).learn(2000);
    expect(starts.of(SOUGHT).valueMs).toBeLessThanOrEqual(115);
  });
});
