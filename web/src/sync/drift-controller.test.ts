import { describe, expect, it } from 'vitest';
import { DriftController, type Correction, type DriftReading } from './drift-controller';

const SOUGHT = { sought: true, idleMs: 0 };
const READING: DriftReading = {
  nowMs: 0,
  positionSeconds: 100,
  targetSeconds: 100,
  roomRate: 1,
  running: true,
  buffered: [{ startSeconds: 0, endSeconds: 600 }],
  uncertaintyMs: 1,
  hidden: false,
};

/** Looks every 50 ms at a player that is `errorMs` off, until something is done about it. */
function watch(
  controller: DriftController,
  errorMs: number,
  change: Partial<DriftReading> = {},
  fromMs = 10_000,
  forMs = 2000,
): { readonly atMs: number; readonly correction: Correction } | null {
  for (let atMs = fromMs; atMs < fromMs + forMs; atMs += 50) {
    const reading = { ...READING, ...change, nowMs: atMs };
    const correction = controller.step({
      ...reading,
      positionSeconds: reading.targetSeconds + errorMs / 1000,
    });
    if (correction.kind !== 'none') return { atMs, correction };
  }
  return null;
}

describe('DriftController', () => {
  it.each([0, 0.7, -0.9])('leaves %d ms alone', (errorMs) => {
    expect(watch(new DriftController(), errorMs)).toBeNull();
  });

  it('leaves alone what may be the clock’s own error', () => {
    expect(watch(new DriftController(), 3.5, { uncertaintyMs: 20 })).toBeNull();
    expect(watch(new DriftController(), 3.5, { uncertaintyMs: 1 })).not.toBeNull();
  });

  it.each([
    [-20, 1],
    [20, 1],
    [-100, 1],
    [60, 1],
    [-40, 1.5],
  ])('makes up %d ms at room rate %d by one exact pulse', (errorMs, roomRate) => {
    const done = watch(new DriftController(), errorMs, { roomRate });
    if (done?.correction.kind !== 'rate') throw new Error('a pulse wanted');
    const { rate, untilMs } = done.correction;
    const gained = ((rate - roomRate) * ((untilMs ?? 0) - done.atMs)) / 1;
    // With pitch correction each pulse loses 21 ms more.
    const loss = roomRate === 1 ? 0 : 21;
    expect(gained).toBeCloseTo(-errorMs + loss, 3);
    expect(Math.abs(rate / roomRate - 1)).toBeLessThanOrEqual(0.05 + 1e-9);
  });

  it('goes back to the room’s rate at the end of a pulse, and waits before it looks again', () => {
    const controller = new DriftController();
    const pulse = watch(controller, -30);
    if (pulse?.correction.kind !== 'rate') throw new Error('a pulse wanted');
    const endMs = pulse.correction.untilMs ?? 0;
    expect(watch(controller, -30, {}, pulse.atMs + 50, endMs - pulse.atMs - 60)).toBeNull();
    const back = watch(controller, 0, {}, endMs, 60);
    expect(back?.correction).toEqual({ kind: 'rate', rate: 1, untilMs: null });
    expect(watch(controller, -30, {}, endMs + 10, 350)).toBeNull();
  });

  it('looks twice at a small error before it believes it', () => {
    const small = watch(new DriftController(), 5);
    const clear = watch(new DriftController(), 20);
    expect(small?.atMs).toBeGreaterThanOrEqual((clear?.atMs ?? 0) + 250);
  });

  it('is not fooled by single looks that are far off', () => {
    const controller = new DriftController();
    for (let i = 0; i < 60; i += 1) {
      const errorSeconds = i % 6 === 3 ? 0.12 : 0;
      const correction = controller.step({
        ...READING,
        nowMs: i * 50,
        positionSeconds: 100 + errorSeconds,
      });
      expect(correction.kind).toBe('none');
    }
  });

  /** Starts at 1000 ms; the clock stands until `runsMs`, and is `errorMs` off from then on. */
  function start(
    errorMs: number,
    runsMs: number,
    change: Partial<DriftReading> = {},
  ): number | null {
    const controller = new DriftController();
    controller.playIssued(1000, SOUGHT, 0);
    const dueMs = 1000 + controller.startLatency.of(SOUGHT).valueMs;
    let nextMs = 1000;
    while (nextMs < 1600) {
      const nowMs = nextMs;
      const ranMs = nowMs < runsMs ? runsMs - dueMs + errorMs : nowMs - dueMs + errorMs;
      const done = controller.step({
        ...READING,
        ...change,
        nowMs,
        positionSeconds: 100 + ranMs / 1000,
        targetSeconds: 100 + Math.max(0, nowMs - dueMs) / 1000,
      });
      if (done.kind === 'rate') {
        expect((done.rate - 1) * ((done.untilMs ?? 0) - nowMs)).toBeCloseTo(-errorMs, 3);
        return (done.untilMs ?? 0) - dueMs;
      }
      const usualMs = nowMs + 50;
      nextMs = done.kind === 'none' ? Math.min(usualMs, done.againMs ?? usualMs) : usualMs;
    }
    return null;
  }

  it.each([-20, -9, -5, 6, 15])('makes up what a start missed by at once: %d ms', (errorMs) => {
    expect(start(errorMs, 1075)).toBeLessThan(250);
  });

  it('judges a start once its clock runs, however late', () => {
    expect(start(-30, 1150)).toBeGreaterThan(150);
    expect(start(-30, 1150)).toBeLessThan(450);
  });

  it.each([{ roomRate: 1.5 }, { hidden: true }])('takes its time with %o', (change) => {
    expect(start(-20, 1075, change)).toBeNull();
  });

  it('jumps beyond 150 ms', () => {
    const done = watch(new DriftController(), -400);
    expect(done?.correction).toEqual({ kind: 'jump', reason: 'far' });
  });

  it('waits longer after each jump before the next', () => {
    const controller = new DriftController();
    const jumps: number[] = [];
    for (let atMs = 0; atMs < 60_000; atMs += 50) {
      const correction = controller.step({ ...READING, nowMs: atMs, positionSeconds: 99 });
      if (correction.kind === 'jump') jumps.push(atMs);
    }
    const gaps = jumps.slice(1).map((atMs, i) => atMs - (jumps[i] ?? 0));
    expect(jumps.length).toBeGreaterThanOrEqual(4);
    expect(jumps.length).toBeLessThanOrEqual(8);
    expect(gaps.at(-1)).toBeGreaterThan((gaps[0] ?? 0) * 1.5);
  });

  it('does not jump to where no film is buffered, while the gap is small', () => {
    const buffered = [{ startSeconds: 90, endSeconds: 100 }];
    const done = watch(new DriftController(), -1000, { buffered, targetSeconds: 101 });
    expect(done?.correction.kind ?? 'none').not.toBe('jump');
  });

  it('fetches film that is not there when it is far behind', () => {
    const buffered = [{ startSeconds: 0, endSeconds: 65 }];
    const done = watch(new DriftController(), -40_000, { buffered });
    expect(done?.correction).toEqual({ kind: 'jump', reason: 'unbuffered' });
  });

  it('does not run faster into the end of its buffer', () => {
    const buffered = [{ startSeconds: 0, endSeconds: 100.5 }];
    expect(watch(new DriftController(), -100, { buffered })).toBeNull();
    expect(watch(new DriftController(), 100, { buffered })?.correction.kind).toBe('rate');
  });

  it('ends its pulse when the player stops', () => {
    const controller = new DriftController();
    const pulse = watch(controller, -60);
    expect(pulse?.correction.kind).toBe('rate');
    const stopped = watch(controller, -60, { running: false }, (pulse?.atMs ?? 0) + 50, 60);
    expect(stopped?.correction).toEqual({ kind: 'rate', rate: 1, untilMs: null });
    expect(controller.correcting).toBe(false);
  });

  it('learns what play() takes from where it landed', () => {
    const controller = new DriftController();
    const latency = controller.startLatency.of(SOUGHT);
    const before = latency.valueMs;
    controller.playIssued(0, SOUGHT, 0);
    watch(controller, -20, {}, 0, 1500);
    expect(latency.valueMs).toBeGreaterThan(before);
  });

  it('does not blame the device for a start that was known to be late', () => {
    const controller = new DriftController();
    const latency = controller.startLatency.of(SOUGHT);
    const before = latency.valueMs;
    controller.playIssued(0, SOUGHT, -20);
    watch(controller, -20, {}, 0, 1500);
    expect(latency.valueMs).toBeCloseTo(before, 6);
  });

  it('grows its dead band when small errors keep changing sign', () => {
    const controller = new DriftController();
    let atMs = 0;
    let pulses = 0;
    while (atMs < 20_000) {
      const done = watch(controller, pulses % 2 === 0 ? 5 : -5, {}, atMs, 1500);
      atMs = (done?.atMs ?? atMs + 1450) + 50;
      if (done?.correction.kind === 'rate' && done.correction.untilMs !== null) pulses += 1;
    }
    expect(pulses).toBeGreaterThanOrEqual(3);
    expect(pulses).toBeLessThanOrEqual(5);
  });

  it('jumps at once when the viewer asks', () => {
    const controller = new DriftController();
    controller.resync();
    expect(watch(controller, 30)?.correction).toEqual({ kind: 'jump', reason: 'resync' });
  });

  it('is patient with a page that nobody looks at', () => {
    expect(watch(new DriftController(), 25, { hidden: true }, 0, 5000)).toBeNull();
    const done = watch(new DriftController(), 100, { hidden: true }, 0, 5000);
    if (done?.correction.kind !== 'rate') throw new Error('a pulse wanted');
    const lasts = (done.correction.untilMs ?? 0) - done.atMs;
    expect(lasts % 1000).toBe(0);
  });
});
