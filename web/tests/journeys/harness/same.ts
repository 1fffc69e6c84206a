/** Do people see the same? Compared at one instant as far as asking several pages can. */
import { expect } from 'vitest';
import type { Person } from './person';
import { until } from './until';

/** While it stands: the same place in the film, to the microsecond. */
export async function expectSamePlace(people: readonly Person[]): Promise<void> {
  await expectSame(people, async (one) => (await one.picture()).position);
}

/** While it stands: the same place, and the same frame by its pixels, of a film of numbered frames. */
export async function expectSameStill(people: readonly Person[]): Promise<void> {
  await expectSame(people, async (one) => {
    const frame = await one.frameNumber();
    return `frame ${String(frame)} at ${String((await one.picture()).position)}`;
  });
}

async function expectSame(
  people: readonly Person[],
  look: (one: Person) => Promise<string | number>,
): Promise<void> {
  await Promise.all(people.map((one) => one.seesItStand()));
  const lookAll = (): Promise<(readonly [name: string, seen: string | number])[]> =>
    Promise.all(people.map(async (one) => [one.name, await look(one)] as const));
  // The last of them may still be about to seek.
  const same = async (): Promise<boolean> =>
    new Set((await lookAll()).map(([, seen]) => seen)).size === 1;
  await until('everybody sees the same', same).catch(async () => {
    expect(await lookAll(), 'what each sees').toEqual('the same');
  });
}

interface Place {
  readonly name: string;
  /** Film minus clock, ms: equal for two people who see the same at the same time. */
  readonly phaseMs: number;
}

function phase(one: Person): Promise<number> {
  return one.page.evaluate(() => {
    const video = document.querySelector('video');
    const nowMs = performance.timeOrigin + performance.now();
    return video === null ? Number.NaN : video.currentTime * 1000 - nowMs * video.playbackRate;
  });
}

export async function phases(people: readonly Person[]): Promise<Place[]> {
  return Promise.all(people.map(async (one) => ({ name: one.name, phaseMs: await phase(one) })));
}

export async function spreadMs(people: readonly Person[]): Promise<number> {
  const all = (await phases(people)).map(({ phaseMs }) => phaseMs);
  return Math.max(...all) - Math.min(...all);
}

/** While it runs: within `limitMs` of each other, at the latest after a while. */
export async function expectInStep(
  people: readonly Person[],
  { limitMs = 60 } = {},
): Promise<void> {
  const together = async (): Promise<boolean> => (await spreadMs(people)) <= limitMs;
  await until(`everybody within ${String(limitMs)} ms`, together).catch(async () => {
    expect(await phases(people), 'film minus clock of each').toEqual('the same');
  });
}
