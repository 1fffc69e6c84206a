import { describe, expect, it } from 'vitest';
import { SeekSteps, frameBeside } from './seek-steps';

describe('steps through a film', () => {
  it('count from where the film is', () => {
    expect(new SeekSteps().from(0, 40)).toBe(40);
    const steps = new SeekSteps();
    expect(steps.going(0, steps.from(0, 4) - 10)).toBe(0);
  });

  it('add up while the room is on its way', () => {
    const steps = new SeekSteps();
    let place = 40;
    for (const nowMs of [0, 150, 300]) {
      place = steps.going(nowMs, steps.from(nowMs, 40) + 10);
    }
    expect(place).toBe(70);
  });

  it('count anew after a while', () => {
    const steps = new SeekSteps();
    steps.going(0, 70);
    expect(steps.from(1000, 71)).toBe(71);
  });
});

describe('steps from picture to picture', () => {
  const shown = { atSeconds: 10, lengthSeconds: 0.04 };
  const pictureOf = (seconds: number): number => Math.floor((seconds - 10) / 0.04);

  it.each([
    [1, 10, 1],
    [-1, 10, -1],
    [1, 9.999999, 1],
    [1, 10.039999, 1],
    [-1, 10.039999, -1],
  ] as const)('%i from %d, on screen at 10: the picture %i away', (step, from, away) => {
    expect(pictureOf(frameBeside(step, from, shown))).toBe(away);
  });

  it('add up before the screen follows', () => {
    for (const step of [1, -1] as const) {
      let place = 10;
      for (let i = 1; i <= 5; i += 1) {
        place = frameBeside(step, place, shown);
        expect(pictureOf(place)).toBe(step * i);
      }
    }
  });

  it('start from where the film goes, not from where it was', () => {
    expect(frameBeside(1, 20, shown)).toBeCloseTo(20.04);
    expect(frameBeside(-1, 20, null)).toBeCloseTo(19.96);
  });
});
