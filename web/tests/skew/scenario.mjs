/**
 * What is done to a room while it is measured: one long quiet stretch, then play, pause and seek
 * again and again. The conductor sends the commands and says what the server made of them.
 *
 * conductor.command({action, …}) → {position, rate, paused, atMs} of the resulting playback.
 */
import { clockSkew, frameSkew, settledAfter, summary, timelineError } from './analysis.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** "The instant after": when a command has had time to be obeyed, before drift is corrected. */
const AFTER_FROM_MS = 250;
const AFTER_TO_MS = 500;

export async function measure({ viewers, conductor, quietSeconds = 20, rounds = 6, seekTo }) {
  const take = () => Promise.all(viewers.map((page) => page.evaluate(() => window.__skew.take())));
  await take();

  const start = await conductor.command({ action: 'play' });
  await sleep(quietSeconds * 1000 + start.atMs - Date.now());
  const quiet = await take();
  const from = start.atMs + 3000;
  const to = start.atMs + quietSeconds * 1000 - 200;
  const result = {
    viewers: viewers.length,
    quietSeconds,
    mediaClock: summary(clockSkew(quiet, from, to)),
    displayedFrames: summary(frameSkew(quiet, from, to)),
    fromTimeline: summary(
      quiet.flatMap((one) => timelineError(one, start, from, to).map(Math.abs)),
    ),
    settledMs: quiet.map((one) => Math.round(settledAfter(one, start, start.atMs + 250, to, 10))),
    rateChanges: quiet.map((one) => one.events.filter(([, name]) => name === 'ratechange').length),
    dropped: quiet.map((one) => one.dropped),
    frames: quiet.map((one) => one.frameCount),
    picture: quiet.map((one) => `${one.width}x${one.height}`),
  };

  const after = { start: [], play: [], pause: [], seek: [] };
  const note = (kind, logs, { atMs }) => {
    after[kind].push(clockSkew(logs, atMs + AFTER_FROM_MS, atMs + AFTER_TO_MS, 10));
  };
  note('start', quiet, start);
  for (let round = 0; round < rounds; round += 1) {
    for (const command of [
      { action: 'pause' },
      { action: 'play' },
      { action: 'seek', position: seekTo(round) },
    ]) {
      const done = await conductor.command(command);
      await sleep(Math.max(0, done.atMs - Date.now()) + 2600);
      note(command.action, await take(), done);
    }
  }
  const middles = (lists) => lists.filter((list) => list.length > 0).map((list) => list);
  result.afterCommand = Object.fromEntries(
    Object.entries(after).map(([kind, lists]) => [kind, summary(middles(lists).flat())]),
  );
  result.afterAnyCommand = summary(
    [...after.play, ...after.pause, ...after.seek].flatMap((list) => list),
  );
  return result;
}
