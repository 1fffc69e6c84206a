// Rooms whose members are spread over two nodes, next to the same rooms on one: what a delivery costs.
import { FullRooms, whole } from './lib/rooms.mjs';
import { Stage } from './lib/stage.mjs';
import { median, medianRatio, spread } from './lib/stats.mjs';

const shapes = [
  { rooms: 100, members: 10 },
  { rooms: 1, members: 1000 },
];

/** `count` nodes, with the rooms of one shape full. */
async function openSide(stage, count, { rooms, members }) {
  const nodes = await stage.nodes(count);
  return FullRooms.open(nodes, await nodes[0].createRooms(rooms, members), members);
}

const perCpuSecond = (results) => results.map((each) => each.deliveries / each.server_cpu_s);

export async function run({ rounds = 5, seconds = 2 }) {
  const stage = await Stage.open();
  const figures = [];
  for (const shape of shapes) {
    const one = await openSide(stage, 1, shape);
    const two = await openSide(stage, 2, shape);
    for (const window of [1, 16]) {
      const ones = [];
      const twos = [];
      for (let round = 0; round < rounds; ++round) {
        ones.push(whole(await one.run(`window react ${window} ${seconds}`), 'one node'));
        twos.push(whole(await two.run(`window react ${window} ${seconds}`), 'two nodes'));
      }
      const ratios = perCpuSecond(twos).map((value, i) => value / perCpuSecond(ones)[i]);
      const what = `${shape.rooms} × ${shape.members}, react, ${window} under way, on two nodes next to one`;
      figures.push({
        what,
        unit: 'deliveries / server CPU s',
        ours: median(perCpuSecond(twos)),
        theirs: median(perCpuSecond(ones)),
        ratio: median(ratios),
        range: spread(ratios),
        goal: { of: 'ratio', least: 0.8 },
      });
      const p99 = (results) => results.map((each) => each.p99_us);
      figures.push({
        what: `${what}, p99`,
        unit: 'µs',
        ours: median(p99(twos)),
        theirs: median(p99(ones)),
        ratio: medianRatio(p99(twos), p99(ones)),
      });
    }
    await two.close();
    await one.close();
  }
  await stage.close();
  return figures;
}
