// From exec to the first answer, and what a server weighs that nobody uses.
import { rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { Child } from './lib/child.mjs';
import { anywhere } from './lib/cores.mjs';
import { residentMiB } from './lib/cost.mjs';
import { firstAnswer, freePort } from './lib/net.mjs';
import { program, scratch } from './lib/paths.mjs';
import { median } from './lib/stats.mjs';

/** A server at its default settings, and how many ms its first answer took. */
async function start(data) {
  const port = await freePort();
  const command = [program('syncwatch'), 'serve', '--listen', `127.0.0.1:${port}`, '--data-dir', data];
  const begin = performance.now();
  const child = new Child(anywhere(command));
  const answered = await Promise.race([firstAnswer(port, '/health/live'), child.ended]);
  if (typeof answered !== 'number') throw new Error(`the server ended with ${answered}:\n${child.said}`);
  return { child, took: answered - begin };
}

async function times(rounds, folder) {
  const took = [];
  for (let round = 0; round < rounds; ++round) {
    const data = folder();
    const server = await start(data);
    took.push(server.took);
    await server.child.end();
  }
  return took;
}

const row = (what, took) => ({
  what,
  unit: 'ms',
  ours: median(took),
  goal: { of: 'ours', most: 300 },
  note: `${took.length} starts, the slowest ${Math.max(...took).toFixed(0)}`,
});

export async function run({ rounds = 15, patience = 30 }) {
  const folders = [];
  const fresh = () => folders[folders.push(scratch('data')) - 1];
  const first = await times(rounds, fresh);
  const again = await times(rounds, () => folders[0]);
  const { child } = await start(fresh());
  await sleep(patience * 1000);
  const resident = residentMiB(child.pid);
  await child.end();
  folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  return [
    row('exec to first answer, nothing there yet', first),
    row('exec to first answer, data of an earlier run', again),
    {
      what: `resident memory after ${patience} s of nothing`,
      unit: 'MiB',
      ours: resident,
      goal: { of: 'ours', most: 40 },
    },
  ];
}
