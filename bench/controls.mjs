// A command by a member at one node until members at the other see it, while both are half busy.
import { filmToServe } from './lib/films.mjs';
import { FullRooms, whole } from './lib/rooms.mjs';
import { Stage } from './lib/stage.mjs';
import { median } from './lib/stats.mjs';

const busy = { rooms: 100, members: 10 };
const seeksPerSecond = 10;

/** A room with a film in it. */
async function screening(stage, node) {
  const [code] = await node.createRooms(1, 2);
  const worker = await stage.worker();
  await node.ready(await node.upload(await filmToServe(), () => {}, { room: code }));
  await worker.stop();
  return code;
}

export async function run({ rounds = 5, seconds = 10 }) {
  const stage = await Stage.open();
  const nodes = await stage.nodes(2);
  const [first] = nodes;
  const watched = await FullRooms.open(nodes, [await screening(stage, first)], 2);
  const others = await FullRooms.open(nodes, await first.createRooms(busy.rooms, busy.members), busy.members);
  const most = whole(await others.run('window react 1 2'), 'busy rooms');
  const half = most.sent / most.seconds / busy.rooms / 2;
  const measured = { idle: [], half: [] };
  const seeks = async () => whole(await watched.run(`rate seek ${seeksPerSecond} ${seconds}`), 'the room with a film');
  for (let round = 0; round < rounds; ++round) {
    measured.idle.push(await seeks());
    const [result, load] = await Promise.all([seeks(), others.run(`rate react ${half} ${seconds}`)]);
    whole(load, 'busy rooms');
    measured.half.push(result);
  }
  await watched.leave();
  await others.close();
  await stage.close();
  const row = (what, results, most) => ({
    what: `a seek at one node, seen at both, ${what}, p99`,
    unit: 'ms',
    ours: median(results.map(({ p99_us }) => p99_us)) / 1000,
    ...(most ? { goal: { of: 'ours', most } } : {}),
    note: `p50 ${(median(results.map(({ p50_us }) => p50_us)) / 1000).toFixed(1)}`,
  });
  return [
    row(`with ${busy.rooms} × ${busy.members} half busy`, measured.half, 10),
    row('nothing else', measured.idle),
  ];
}
