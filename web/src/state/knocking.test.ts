import { describe, expect, it } from 'vitest';
import { ASK_AGAIN_MS, Knocking, MOST_ASKED, MOST_AT_ONCE } from './knocking';
import type { JoinOutcome } from './room-ports';

interface Asked {
  readonly signal: AbortSignal;
  readonly answer: (outcome: JoinOutcome) => void;
  readonly fail: () => void;
}

function scene(): { knocking: Knocking; asked: Asked[]; timers: Map<() => void, number> } {
  const asked: Asked[] = [];
  const timers = new Map<() => void, number>();
  const knocking = new Knocking({
    join: (signal) =>
      new Promise((answer, reject) => {
        asked.push({
          signal,
          answer,
          fail: () => {
            reject(new Error('no way'));
          },
        });
      }),
    after: (ms, call) => {
      timers.set(call, ms);
      return () => timers.delete(call);
    },
  });
  return { knocking, asked, timers };
}

/** Lets the time of every timer come. */
function pass(timers: Map<() => void, number>): void {
  for (const call of [...timers.keys()]) {
    timers.delete(call);
    call();
  }
}

const in_ = (ws: string): JoinOutcome => ({ ok: true, ws });

describe('knocking at a room', () => {
  it('asks once where an answer comes, and leaves no timer', async () => {
    const { knocking, asked, timers } = scene();
    const answer = knocking.answer();
    expect([...timers.values()]).toEqual([ASK_AGAIN_MS]);
    asked[0]?.answer(in_('/1'));
    expect(await answer).toEqual(in_('/1'));
    expect(timers.size).toBe(0);
  });

  it('asks again beside what hangs, takes the first answer and gives the others up', async () => {
    const { knocking, asked, timers } = scene();
    const answer = knocking.answer();
    pass(timers);
    expect(asked).toHaveLength(2);
    expect(asked[0]?.signal.aborted).toBe(false);
    asked[1]?.answer(in_('/2'));
    expect(await answer).toEqual(in_('/2'));
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  it('gives the oldest up for the next, and is patient with the last', async () => {
    const { knocking, asked, timers } = scene();
    const answer = knocking.answer();
    for (let i = 0; i < 2 * MOST_ASKED; i += 1) pass(timers);
    expect(asked).toHaveLength(MOST_ASKED);
    expect(asked.filter((each) => !each.signal.aborted)).toHaveLength(MOST_AT_ONCE);
    asked[0]?.fail();
    asked.at(-1)?.answer(in_('/8'));
    expect(await answer).toEqual(in_('/8'));
  });

  it('asks no more once it is given up', () => {
    const { knocking, asked, timers } = scene();
    void knocking.answer();
    knocking.giveUp();
    pass(timers);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  it('says that there is no way when the network says so', async () => {
    const { knocking, asked } = scene();
    const answer = knocking.answer();
    asked[0]?.fail();
    expect(await answer).toMatchObject({ ok: false, code: 'network', retry: true });
  });
});
