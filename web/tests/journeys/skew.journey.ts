/**
 * How far apart people see the film, measured in Chromium by the media clock and by displayed
 * frames (tests/skew). The bounds here are for busy machines; `bench/skew` measures longer, with
 * the same code, and prints the table of figures. Each line of figures ends up in skew.json.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Playback } from '../../src/protocol';
import { clockSkew, settledAfter, summary, type Line, type Summary } from '../skew/analysis';
import { measure, type Measured } from '../skew/scenario';
import { films } from './harness/films';
import { journey } from './harness/journey';
import { REPORTS } from './harness/paths';
import type { Person } from './harness/person';
import { recordingOf } from './harness/recording';
import type { Relay } from './harness/relay';
import type { Stage } from './harness/stage';
import { sleep, until } from './harness/until';

const thorough = process.env['SYNCWATCH_SKEW'] === 'thorough';
const QUIET_SECONDS = thorough ? 25 : 11;
const ROUNDS = thorough ? 6 : 2;

function lineOf({ at_us, position, rate, paused }: Playback): Line {
  return { atMs: at_us / 1000, position, rate: paused ? 0 : rate };
}

/** Prints a line of figures, and keeps it for whoever reads the reports. */
function tell(what: string, figures: Readonly<Record<string, number | string>>): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${String(value)}`);
  console.log(`skew · ${what}: ${words.join(' · ')}`);
  appendFileSync(join(REPORTS, 'skew.json'), `${JSON.stringify({ what, ...figures })}\n`);
}

const figures = ({ median, p95, p99, max }: Summary): string =>
  [median, p95, p99, max].map((value) => value.toFixed(1)).join('/');

async function viewers(stage: Stage, count: number, relay?: Relay): Promise<Person[]> {
  const { code, owner } = await stage.roomWith(films.numbered, { wishes: { hold: 'none' } });
  const ada = await stage.person('Ada', { as: owner, recorded: true });
  await ada.join(code);
  const all = [ada];
  for (let i = 1; i < count; i += 1) {
    const last = i === count - 1;
    const guest = await stage.person(`Guest ${String(i)}`, {
      recorded: true,
      ...(last && relay !== undefined ? { relay } : {}),
    });
    await guest.joinAsGuest(code);
    all.push(guest);
  }
  await Promise.all(all.map((one) => one.inside()));
  await Promise.all(all.map((one) => one.seesFilm()));
  await until(
    'everybody has the large picture',
    async () =>
      (await Promise.all(all.map((one) => one.picture()))).every((one) => one.height >= 470),
    { withinMs: 20_000 },
  ).catch(() => undefined);
  return all;
}

async function measured(all: readonly Person[]): Promise<Measured> {
  const [ada] = all;
  if (ada === undefined) throw new Error('nobody is there');
  return measure({
    take: () => Promise.all(all.map(recordingOf)),
    conductor: {
      play: async () => lineOf(await ada.pressPlay()),
      pause: async () => lineOf(await ada.pressPause()),
      seek: async (round) => lineOf(await ada.seekTo(round % 2 === 0 ? 0.55 : 0.2)),
    },
    quietSeconds: QUIET_SECONDS,
    rounds: ROUNDS,
  });
}

function report(what: string, result: Measured): void {
  tell(what, {
    picture: result.picture.join(' '),
    'media clock median/p95/p99/max ms': figures(result.mediaClock),
    'displayed frames': figures(result.displayedFrames),
    'from the timeline': figures(result.fromTimeline),
    'after start': figures(result.start),
    'after play': figures(result.after.play),
    'after pause': figures(result.after.pause),
    'after seek': figures(result.after.seek),
    'after any': figures(result.afterAny),
    'rate changes': result.rateChanges.join(' '),
    jumps: result.jumps.join(' '),
    dropped: `${result.dropped.join(' ')} of ${result.frames.join(' ')}`,
  });
}

for (const count of [2, 4]) {
  journey(`${String(count)} viewers on one machine are in step`, async (stage) => {
    const result = await measured(await viewers(stage, count));
    report(`${String(count)} viewers`, result);
    expect(result.mediaClock.n, 'instants measured').toBeGreaterThan(100);
    expect(result.mediaClock.median, 'media clock, median').toBeLessThan(10);
    expect(result.mediaClock.p95, 'media clock, p95').toBeLessThan(40);
    expect(result.displayedFrames.p95, 'displayed frames, p95').toBeLessThan(60);
    expect(result.afterAny.median, 'after a command, median').toBeLessThan(40);
    expect(result.after.pause.max, 'after a pause').toBeLessThan(1);
  });
}

journey('one viewer far away on a bad line is in step', async (stage) => {
  const relay = await stage.relay(7);
  await relay.set({ delay_ms: 50, jitter_ms: 25, loss: 0.01, pause_ms: 200 });
  const result = await measured(await viewers(stage, 2, relay));
  report('2 viewers, one with 100 ms, ±50 ms, 1 % loss', result);
  expect(result.mediaClock.n, 'instants measured').toBeGreaterThan(100);
  expect(result.mediaClock.p95, 'media clock, p95').toBeLessThan(80);
});

/** Moves one viewer's film by itself, as a stumbling decoder would. */
function displace(one: Person, bySeconds: number): Promise<void> {
  return one.page.evaluate((by) => {
    const video = document.querySelector('video');
    if (video !== null) video.currentTime += by;
  }, bySeconds);
}

journey('a viewer who is a second behind catches up and does not oscillate', async (stage) => {
  const all = await viewers(stage, 2);
  const [ada, bo] = all;
  if (ada === undefined || bo === undefined) return;
  const line = lineOf(await ada.pressPlay());
  await sleep(4000);
  for (const [what, by] of [
    ['1 s behind', -1],
    ['1 s ahead', 1],
    ['100 ms behind', -0.1],
  ] as const) {
    await Promise.all(all.map(recordingOf));
    const from = Date.now();
    await displace(bo, by);
    await sleep(thorough ? 9000 : 6000);
    const [left, right] = await Promise.all([recordingOf(ada), recordingOf(bo)]);
    const to = Date.now();
    const tookMs = settledAfter(right, line, from, to, 20);
    const jumps = right.events.filter(([, name]) => name === 'seeking').length - 1;
    const changes = right.events.filter(([, name]) => name === 'ratechange').length;
    const after = summary(clockSkew([left, right], from + tookMs, to));
    tell(what, {
      'within 20 ms after ms': Math.round(tookMs),
      jumps,
      'rate changes': changes,
      'skew from then on': figures(after),
    });
    expect(tookMs, what).toBeLessThan(20_000);
    expect(jumps, `${what}: jumps`).toBeLessThanOrEqual(2);
    expect(changes, `${what}: rate changes`).toBeLessThanOrEqual(8);
  }
});
