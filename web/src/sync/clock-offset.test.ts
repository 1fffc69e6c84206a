import { describe, expect, it } from 'vitest';
import { ClockOffset, clockQuestionDelayMs } from './clock-offset';

const ROOM_ZERO_US = 1_763_887_330_000_000;

/** A sample at own time `atMs`, for a room clock that is `ROOM_ZERO_US` ahead. */
function sample(atMs: number, upMs: number, downMs: number, zeroUs = ROOM_ZERO_US) {
  const receivedUs = zeroUs + (atMs + upMs) * 1000;
  return {
    sentMs: atMs,
    serverReceivedUs: receivedUs,
    serverSentUs: receivedUs + 20,
    receivedMs: atMs + upMs + downMs + 0.02,
  };
}

const errorMs = (clock: ClockOffset, atMs: number, zeroUs = ROOM_ZERO_US): number =>
  Math.abs((clock.roomUs(atMs) ?? Number.NaN) - zeroUs - atMs * 1000) / 1000;

describe('ClockOffset', () => {
  it('knows nothing before the first answer', () => {
    const clock = new ClockOffset();
    expect(clock.estimateAt(0)).toBeNull();
    expect(clock.roomUs(0)).toBeNull();
  });

  it('is exact on an even line', () => {
    const clock = new ClockOffset();
    clock.add(sample(0, 40, 40));
    expect(errorMs(clock, 100)).toBeLessThan(0.1);
    expect(clock.roundTripMs).toBeCloseTo(80, 1);
  });

  it('never claims more than it knows: the truth lies within the uncertainty', () => {
    const clock = new ClockOffset();
    const delays = [3, 80, 17, 140, 41, 9, 66, 120, 25, 5];
    delays.forEach((up, i) => {
      clock.add(sample(i * 500, up, delays[(i * 7 + 3) % delays.length] ?? 0));
      const atMs = i * 500 + 300;
      const estimate = clock.estimateAt(atMs);
      expect(errorMs(clock, atMs)).toBeLessThanOrEqual(estimate?.uncertaintyMs ?? -1);
    });
  });

  it('takes the quickest way out and the quickest way back from different answers', () => {
    const clock = new ClockOffset();
    clock.add(sample(0, 5, 100));
    clock.add(sample(1000, 100, 5));
    expect(errorMs(clock, 1200)).toBeLessThan(0.5);
    expect(clock.estimateAt(1200)?.uncertaintyMs).toBeLessThan(6);
  });

  it('follows a clock that runs 50 ppm fast', () => {
    const clock = new ClockOffset();
    let atMs = 0;
    for (; atMs < 600_000; atMs += 3000) {
      clock.add(sample(atMs, 5, 5, ROOM_ZERO_US + atMs * 0.05));
    }
    expect(errorMs(clock, atMs, ROOM_ZERO_US + atMs * 0.05)).toBeLessThan(4);
  });

  it('notices that a clock jumped, and believes the newest answer alone', () => {
    const clock = new ClockOffset();
    for (let i = 0; i < 10; i += 1) clock.add(sample(i * 3000, 10, 10));
    const later = ROOM_ZERO_US + 7_000_000;
    expect(clock.add(sample(30_000, 10, 10, later))).toBe('jump');
    expect(errorMs(clock, 30_100, later)).toBeLessThan(1);
  });

  it('keeps its estimate when it is told not to trust its own clock', () => {
    const clock = new ClockOffset();
    clock.add(sample(0, 10, 10));
    clock.suspect();
    expect(errorMs(clock, 1000)).toBeLessThan(1);
    expect(clock.estimateAt(1000)?.uncertaintyMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ['an answer from the future', { ...sample(0, 10, 10), receivedMs: -50 }],
    ['a server that sent before it received', { ...sample(0, 10, 10), serverSentUs: 0 }],
    ['an answer after many seconds', sample(0, 6000, 6000)],
  ])('refuses %s', (_what, bad) => {
    const clock = new ClockOffset();
    expect(clock.add(bad)).toBe('refused');
    expect(clock.estimateAt(0)).toBeNull();
  });

  it('glides once it has settled: one more answer moves it little', () => {
    const clock = new ClockOffset();
    for (let i = 0; i < 12; i += 1) clock.add(sample(i * 100, 60, 20));
    const before = clock.roomUs(0) ?? 0;
    clock.add(sample(2000, 20, 20));
    const movedMs = Math.abs((clock.roomUs(0) ?? 0) - before) / 1000;
    expect(movedMs).toBeGreaterThan(0);
    expect(movedMs).toBeLessThan(10);
  });
});

describe('clockQuestionDelayMs', () => {
  it('asks eight times quickly, then every few seconds', () => {
    const delays = Array.from({ length: 10 }, (_none, i) => clockQuestionDelayMs(i + 1));
    expect(delays.filter((delay) => delay < 200)).toHaveLength(7);
    expect(delays.at(-1)).toBeGreaterThanOrEqual(1000);
  });
});
