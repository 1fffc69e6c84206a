// What ten thousand people who only watch weigh.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { Missing } from './lib/paths.mjs';
import { Product } from './lib/product.mjs';
import { FullRooms, whole } from './lib/rooms.mjs';

const wanted = 10000;
const perRoom = 50;
/** Descriptors of a server, or of a client, that are not members. */
const others = 400;

function descriptorLimit() {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
}

export async function run({ members = wanted, patience = 5 }) {
  const most = Math.floor((descriptorLimit() - others) / perRoom) * perRoom;
  const count = Math.min(members, most);
  if (count < perRoom) throw new Missing(`the limit of open files is too low: ulimit -Hn ${wanted + others}`);
  const product = await Product.start();
  await product.signUp();
  const codes = await product.createRooms(count / perRoom, perRoom);
  const rooms = await FullRooms.open(product, codes, perRoom);
  await sleep(patience * 1000);
  const idle = whole(await rooms.run('idle 2'), 'the rooms');
  await rooms.close();
  const { entered } = rooms;
  const note = count < members ? 'the limit of open files allows no more members' : undefined;
  const what = `${count.toLocaleString('en-US')} members in rooms of ${perRoom}`;
  return [
    {
      what: `${what}, resident memory each`,
      unit: 'KiB',
      ours: (idle.resident_kib - entered.resident_before_kib) / count,
      goal: { of: 'ours', most: 6 },
      note,
    },
    { what: `${what}, server CPU for each to come in`, unit: 'µs', ours: (entered.server_cpu_s / count) * 1e6 },
    { what: `${what}, server CPU while nobody does anything`, unit: '% of a core', ours: (idle.server_cpu_s / idle.seconds) * 100 },
  ];
}
