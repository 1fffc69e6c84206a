// A busy room in which five people's networks have stopped: what they cost, and what the others notice.
import { readFileSync } from 'node:fs';

import { Product } from './lib/product.mjs';
import { FullRooms, whole } from './lib/rooms.mjs';
import { median, spread } from './lib/stats.mjs';

const members = 200;
const stalled = 5;
const perSecond = 200;

/** Resident MiB by a file that costs the server nothing to have read. */
function residentNow(pid) {
  return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 2 ** 20;
}

/** One run of the room, and the most memory that the server held meanwhile. */
async function watched(rooms, command) {
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, residentNow(rooms.server.pid))), 100);
  try {
    const result = whole(await rooms.run(command), 'the room');
    return { ...result, most };
  } finally {
    clearInterval(look);
  }
}

/** A server of its own, so that both sides have the same history: what it held, and how late its members heard. */
async function side(howMany, seconds) {
  const product = await Product.start();
  await product.signUp();
  const rooms = await FullRooms.open(product, await product.createRooms(1, members), members);
  const command = `rate chat ${perSecond} ${seconds}`;
  await watched(rooms, command); // The room's history and the caches fill.
  if (howMany > 0) await rooms.run(`stall ${howMany}`);
  const result = await watched(rooms, command);
  await rooms.close();
  return result;
}

export async function run({ rounds = 3, seconds = 6 }) {
  const without = [];
  const withThem = [];
  for (let round = 0; round < rounds; ++round) {
    without.push(await side(0, seconds));
    withThem.push(await side(stalled, seconds));
  }
  const p99 = (runs) => runs.map((each) => each.p99_us);
  const more = withThem.map((each, i) => Math.max(0, each.most - without[i].most));
  const ratios = p99(withThem).map((value, i) => value / p99(without)[i]);
  const what = `${members} members, ${perSecond} messages/s, ${stalled} of them stalled`;
  return [
    {
      what: `${what}: memory more than without`,
      unit: 'MiB',
      ours: median(more),
      goal: { of: 'ours', most: 5 },
      note: `at most ${Math.max(...more).toFixed(1)}`,
    },
    {
      what: `${what}: the others' p99 (yardstick: none stalled)`,
      unit: 'µs',
      ours: median(p99(withThem)),
      theirs: median(p99(without)),
      ratio: median(ratios),
      range: spread(ratios),
      goal: { of: 'ratio', most: 1.1 },
    },
  ];
}
