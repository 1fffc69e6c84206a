/** Tabs in the background, computers that sleep, clocks that jump. */
import { expect } from 'vitest';
import type { Computer } from './harness/computer';
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Person } from './harness/person';
import { recordingOf } from './harness/recording';
import { expectInStep } from './harness/same';
import type { Stage } from './harness/stage';
import { sleep } from './harness/until';

async function twoWatch(stage: Stage, bos?: Computer): Promise<{ ada: Person; bo: Person }> {
  const { code, owner } = await stage.roomWith(films.numbered);
  const ada = await stage.person('Ada', { as: owner, recorded: true });
  const bo = await stage.person('Bo', {
    recorded: true,
    ...(bos === undefined ? {} : { computer: bos }),
  });
  await ada.join(code);
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);
  await Promise.all([ada.seesFilm(), bo.seesFilm()]);
  await ada.pressPlay();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await expectInStep([ada, bo]);
  return { ada, bo };
}

journey('a tab whose timers are throttled stays with the others', async (stage) => {
  const { ada, bo } = await twoWatch(stage);
  // What a browser does to a page that nobody looks at: timers once a second, and a word about it.
  await bo.page.evaluate(() => {
    const later = window.setTimeout.bind(window);
    window.setTimeout = ((task: () => void, ms = 0, ...rest: unknown[]) =>
      later(task, Math.ceil(Math.max(ms, 1) / 1000) * 1000, ...rest)) as typeof setTimeout;
    Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });
    Object.defineProperty(document, 'visibilityState', {
      get: () => 'hidden',
      configurable: true,
    });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await sleep(6000);
  await expectInStep([ada, bo], { limitMs: 150 });
  await ada.seekTo(0.6);
  await bo.seesItRun();
  await expectInStep([ada, bo], { limitMs: 150 });
  await ada.pressPause();
  await bo.seesItStand();
});

journey('a computer sleeps, and wakes up where the others are', async (stage) => {
  const computer = await stage.computer();
  const { ada, bo } = await twoWatch(stage, computer);
  await Promise.all([recordingOf(ada), recordingOf(bo)]);
  // Something has to be recorded on this side of the gap.
  await bo.seesItRun();
  computer.sleep();
  await sleep(8000);
  computer.wake();
  await bo.seesItRun();
  await expectInStep([ada, bo]);
  const { clock } = await recordingOf(bo);
  const gaps = clock.slice(1).map(([at], i) => at - (clock[i]?.[0] ?? at));
  expect(Math.max(...gaps), 'ms that Bo slept').toBeGreaterThan(6000);
  const { events } = await recordingOf(ada);
  expect(events.filter(([, name]) => name === 'seeking' || name === 'pause')).toEqual([]);
});

journey(
  'a wall clock that jumps an hour moves nothing',
  async (stage) => {
    const { ada, bo } = await twoWatch(stage);
    await recordingOf(bo);
    for (const hours of [1, -2]) {
      await bo.page.evaluate((by) => {
        const real = Date.now;
        Date.now = () => real.call(Date) + by * 3_600_000;
      }, hours);
      await sleep(2500);
      await expectInStep([ada, bo]);
    }
    const { events } = await recordingOf(bo);
    expect(events.filter(([, name]) => name === 'seeking' || name === 'pause')).toEqual([]);
  },
  { long: true },
);
