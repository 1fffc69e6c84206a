// An embedded database copied away while people chat, next to one that is not; and brought back to a moment.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { finished } from './lib/child.mjs';
import { anywhere } from './lib/cores.mjs';
import { grown, protectedOnce } from './lib/history.mjs';
import { program, scratch } from './lib/paths.mjs';
import { Product } from './lib/product.mjs';
import { FullRooms, whole } from './lib/rooms.mjs';
import { median, spread } from './lib/stats.mjs';

const perSecond = 50;
const members = 10;

function copied(folder) {
  return readdirSync(folder, { recursive: true }).some((name) => name.endsWith('manifest.json'));
}

async function until(look, patience = 240000) {
  for (const end = Date.now() + patience; !look(); await sleep(100)) {
    if (Date.now() > end) throw new Error('the copy of the database never came to its end');
  }
}

async function opened({ data, token, code }, settings) {
  const product = await Product.start({ data, settings });
  product.token = token;
  return FullRooms.open(product, [code], members);
}

/** The chat's p99 in µs. */
async function chat(rooms, seconds) {
  return whole(await rooms.run(`rate chat ${perSecond} ${seconds}`), 'the room').p99_us;
}

async function closed(rooms) {
  await rooms.leave();
  await rooms.server.stop({ keepData: true });
}

/** Killed, its database gone, and back as of a moment: seconds by the command, and until the server takes traffic. */
async function broughtBack(world, settings) {
  const rooms = await opened(world, settings);
  await protectedOnce(rooms.server);
  await chat(rooms, 3);
  const moment = new Date().toISOString();
  await chat(rooms, 3);
  await sleep(2500);
  await rooms.server.child.end('SIGKILL');
  await rooms.leave();
  for (const name of readdirSync(world.data)) {
    if (name.startsWith('syncwatch.db')) rmSync(join(world.data, name));
  }
  const begin = performance.now();
  const environment = { ...process.env, ...settings, SYNCWATCH_DATA_DIR: world.data };
  const command = [program('syncwatch'), 'restore', 'database', '--to', moment, '--json'];
  const { out, said, how } = await finished(anywhere(command), { env: environment });
  if (how !== 0) throw new Error(`the restore ended with ${how}: ${said}${out}`);
  const byCommand = (performance.now() - begin) / 1000;
  const server = await Product.start({ data: world.data, settings });
  server.token = world.token;
  await server.call('GET', `/api/v1/rooms/${world.code}/messages?limit=1`);
  const untilServed = (performance.now() - begin) / 1000;
  await server.stop({ keepData: true });
  return { byCommand, untilServed };
}

export async function run({ rounds = 3, seconds = 8, short }) {
  const world = await grown(short ? 32 : 1024, { members });
  const size = statSync(join(world.data, 'syncwatch.db')).size / 2 ** 30;
  const folder = scratch('backups');
  const plan = join(folder, 'plan.toml');
  const alone = [];
  const beside = [];
  let late = 0;
  let settings;
  for (let round = 0; round < rounds; ++round) {
    let rooms = await opened(world, {});
    await chat(rooms, 2);
    alone.push(await chat(rooms, seconds));
    await closed(rooms);

    // A new place, so that the whole file is copied anew.
    const place = mkdtempSync(join(folder, 'place-'));
    writeFileSync(plan, `plan_version = 1\n[repository.near]\nurl = "file:${place}"\n`);
    settings = { SYNCWATCH_RECOVERY_PLAN: plan };
    rooms = await opened(world, settings);
    await chat(rooms, 2);
    beside.push(await chat(rooms, seconds));
    if (copied(place)) ++late;
    await until(() => copied(place));
    await closed(rooms);
    if (round + 1 < rounds) rmSync(place, { recursive: true });
  }
  const restores = [];
  for (let round = 0; round < rounds; ++round) restores.push(await broughtBack(world, settings));
  rmSync(world.data, { recursive: true });
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  const ratios = beside.map((each, i) => each / alone[i]);
  const what = `SQLite, ${size.toFixed(1)} GiB`;
  return [
    {
      what: `${what}: chat's p99 while all of it is copied away (yardstick: no backup)`,
      unit: 'µs',
      ours: median(beside),
      theirs: median(alone),
      ratio: median(ratios),
      range: spread(ratios),
      goal: { of: 'ratio', most: 2 },
      note: `${perSecond} messages/s, ${members} hear each${late > 0 ? `; in ${late} rounds the copy was done before` : ''}`,
    },
    {
      what: `${what}: restore to a moment, the command`,
      unit: 's',
      ours: Math.max(...restores.map((each) => each.byCommand)),
      goal: { of: 'ours', most: 30 },
      note: `the slowest of ${rounds}; a server answers ${Math.max(...restores.map((each) => each.untilServed)).toFixed(1)} s after it began`,
    },
  ];
}
