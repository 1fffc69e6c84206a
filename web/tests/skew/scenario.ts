/**
 * What is done to a room while it is measured: one long quiet stretch, then pause, play and seek
 * again and again. The conductor gives the commands and says what the server made of them.
 */
import {
  clockSkew,
  frameSkew,
  settledAfter,
  summary,
  timelineError,
  type Line,
  type Summary,
} from './analysis';
import type { Recording } from './recorder';

export interface Conductor {
  play(): Promise<Line>;
  pause(): Promise<Line>;
  seek(round: number): Promise<Line>;
}

export interface Scenario {
  /** What each viewer's recorder wrote since the last time. */
  readonly take: () => Promise<readonly Recording[]>;
  readonly conductor: Conductor;
  readonly quietSeconds: number;
  readonly rounds: number;
}

export interface Measured {
  readonly viewers: number;
  readonly mediaClock: Summary;
  readonly displayedFrames: Summary;
  /** How far each was from where the room wanted it. */
  readonly fromTimeline: Summary;
  /** Until each stayed within 10 ms of it, after the start. */
  readonly settledMs: readonly number[];
  readonly rateChanges: readonly number[];
  readonly jumps: readonly number[];
  readonly dropped: readonly number[];
  readonly frames: readonly number[];
  readonly picture: readonly string[];
  /** In the instant after a command, before drift is corrected. */
  readonly start: Summary;
  readonly after: Readonly<Record<'play' | 'pause' | 'seek', Summary>>;
  readonly afterAny: Summary;
}

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** A start needs no longer than this to have settled: the figures of the long stretch begin here. */
const SETTLED_AFTER_MS = 3000;
/** "The instant after": when a command has had time to be obeyed, before drift is corrected. */
const AFTER_FROM_MS = 250;
const AFTER_TO_MS = 500;
/** Between two commands. */
const ROUND_MS = 1600;

export async function measure(scenario: Scenario): Promise<Measured> {
  const { take, conductor, quietSeconds, rounds } = scenario;
  await take();
  const start = await conductor.play();
  await sleep(Math.max(0, quietSeconds * 1000 + start.atMs - Date.now()));
  const quiet = await take();
  const from = start.atMs + SETTLED_AFTER_MS;
  const to = start.atMs + quietSeconds * 1000 - 200;
  const count = (recording: Recording, event: string): number =>
    recording.events.filter(([at, name]) => at >= from && name === event).length;

  const after = { play: [] as number[], pause: [] as number[], seek: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of ['pause', 'play', 'seek'] as const) {
      const done = await (kind === 'seek' ? conductor.seek(round) : conductor[kind]());
      await sleep(Math.max(0, done.atMs - Date.now()) + ROUND_MS);
      after[kind].push(
        ...clockSkew(await take(), done.atMs + AFTER_FROM_MS, done.atMs + AFTER_TO_MS, 10),
      );
    }
  }
  return {
    viewers: quiet.length,
    mediaClock: summary(clockSkew(quiet, from, to)),
    displayedFrames: summary(frameSkew(quiet, from, to)),
    fromTimeline: summary(
      quiet.flatMap((one) => timelineError(one, start, from, to).map(Math.abs)),
    ),
    settledMs: quiet.map((one) =>
      Math.round(settledAfter(one, start, start.atMs + AFTER_FROM_MS, to, 10)),
    ),
    rateChanges: quiet.map((one) => count(one, 'ratechange')),
    jumps: quiet.map((one) => count(one, 'seeking')),
    dropped: quiet.map((one) => one.dropped),
    frames: quiet.map((one) => one.frameCount),
    picture: quiet.map((one) => `${String(one.width)}x${String(one.height)}`),
    start: summary(clockSkew(quiet, start.atMs + AFTER_FROM_MS, start.atMs + AFTER_TO_MS, 10)),
    after: {
      play: summary(after.play),
      pause: summary(after.pause),
      seek: summary(after.seek),
    },
    afterAny: summary([...after.play, ...after.pause, ...after.seek]),
  };
}
