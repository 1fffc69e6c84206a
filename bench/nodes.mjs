// Rooms whose members are spread over two nodes, next to the same rooms on one: what a delivery costs.
import { Child } from './lib/child.mjs';
import { anywhere } from './lib/cores.mjs';
import { program } from './lib/paths.mjs';
import { Product } from './lib/product.mjs';
import { FullRooms, whole } from './lib/rooms.mjs';
import { median, medianRatio, spread } from './lib/stats.mjs';

const shapes = [
  { rooms: 100, members: 10 },
  { rooms: 1, members: 1000 },
];

/** `count` nodes on one stage, with the rooms of one shape full. */
async function openSide(stage, count, { rooms, members }) {
  const settings = {
    SYNCWATCH_DATABASE_URL: stage.database,
    SYNCWATCH_BUS_URL: stage.bus,
    SYNCWATCH_OBJECTS_URL: stage.objects,
    SYNCWATCH_OBJECTS_CREDENTIALS_FILE: stage.credentials,
    SYNCWATCH_MEDIA_WORK: 'false',
  };
  const nodes = [];
  for (let i = 0; i < count; ++i) nodes.push(await Product.start({ settings }));
  const [first] = nodes;
  if (!stage.token) await first.signUp();
  stage.token ??= first.token;
  first.token = stage.token;
  return FullRooms.open(nodes, await first.createRooms(rooms, members), members);
}

const perCpuSecond = (results) => results.map((each) => each.deliveries / each.server_cpu_s);

export async function run({ rounds = 5, seconds = 2 }) {
  const child = new Child(anywhere([program('bench.stage')]));
  const stage = JSON.parse(await child.line());
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
  await child.end();
  return figures;
}
