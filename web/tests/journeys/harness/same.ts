/** Do people see the same? Compared at one instant as far as asking several pages can. */
import { expect } from 'vitest';
import type { Person } from './person';
import { until } from './until';

/** While it stands: the same frame, by the pixels, and the same place, to the microsecond. */
export async function expectSameStill(people: readonly Person[]): Promise<void> {
  const look = async (): Promise<readonly { name: string; frame: number; place: number }[]> =>
    Promise.all(
      people.map(async (one) => ({
        name: one.name,
        frame: await one.frameNumber(),
        place: (await one.picture()).position,
      })),
    );
  await Promise.all(people.map((one) => one.seesItStand()));
  // The last of them may still be about to seek.
  const same = async (): Promise<boolean> => {
    const seen = await look();
    return new Set(seen.map(({ frame, place }) => `${String(frame)} ${String(place)}`)).size === 1;
  };
  await until('everybody sees the same frame', same, { withinMs: 5000 }).catch(async () => {
    expect(await look(), 'what each sees').toEqual('the same');
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
  { limitMs = 60, withinMs = 15_000 } = {},
): Promise<void> {
  const together = async (): Promise<boolean> => (await spreadMs(people)) <= limitMs;
  await until(`everybody within ${String(limitMs)} ms`, together, { withinMs }).catch(async () => {
    expect(await phases(people), 'film minus clock of each').toEqual('the same');
  });
}
