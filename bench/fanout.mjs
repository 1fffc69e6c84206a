// Rooms full of viewers: what a delivery costs, next to a bare broadcaster that does nothing else.
import { Product } from './lib/product.mjs';
import { FullRooms, startYardstick, whole } from './lib/rooms.mjs';
import { median, medianRatio, spread } from './lib/stats.mjs';

const shapes = [
  { rooms: 100, members: 10 },
  { rooms: 1, members: 1000 },
];

function numbered(count) {
  return Array.from({ length: count }, (_, i) => `room${i}`);
}

async function openSides({ rooms, members }, names) {
  const sides = {};
  if (names.includes('product')) {
    const product = await Product.start();
    await product.signUp();
    sides.product = await FullRooms.open(product, await product.createRooms(rooms, Math.max(members, 2)), members);
  }
  for (const name of ['relay', 'yardstick'].filter((each) => names.includes(each))) {
    sides[name] = await FullRooms.open(await startYardstick(`bench.${name}`), numbered(rooms), members, ['--yardstick']);
  }
  return sides;
}

/** Every round measures every side once, in turn: A B A B. */
async function interleave(sides, command, rounds) {
  const results = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const [name, side] of Object.entries(sides)) results[name].push(whole(await side.run(command), name));
  }
  return results;
}

const perCpuSecond = (results) => results.map((each) => each.deliveries / each.server_cpu_s);

function compare(results, what, goal) {
  const { yardstick } = results;
  return Object.entries(results)
    .filter(([name]) => name !== 'yardstick')
    .flatMap(([name, ours]) => {
      const ratios = perCpuSecond(ours).map((value, i) => value / perCpuSecond(yardstick)[i]);
      const named = name === 'product' ? what : `${what}, gateway alone`;
      const pick = (side, key) => median(side.map((each) => each[key]));
      return [
        {
          what: named,
          unit: 'deliveries / server CPU s',
          ours: median(perCpuSecond(ours)),
          theirs: median(perCpuSecond(yardstick)),
          ratio: median(ratios),
          range: spread(ratios),
          goal: name === 'product' ? goal : undefined,
        },
        ...['p50_us', 'p99_us'].map((key) => ({
          what: `${named}, ${key.slice(0, 3)}`,
          unit: 'µs',
          ours: pick(ours, key),
          theirs: pick(yardstick, key),
          ratio: medianRatio(ours.map((each) => each[key]), yardstick.map((each) => each[key])),
        })),
      ];
    });
}

export async function run({ rounds = 5, seconds = 2, sides: names = ['product', 'yardstick'], probes = ['react', 'chat'] }) {
  const figures = [];
  for (const shape of shapes) {
    const sides = await openSides(shape, names);
    for (const probe of probes) {
      for (const window of [1, 16]) {
        // Only reactions have a bound.
        const times = probe === 'react' ? rounds : Math.min(rounds, 3);
        const results = await interleave(sides, `window ${probe} ${window} ${seconds}`, times);
        const what = `${shape.rooms} × ${shape.members}, ${probe}, ${window} under way`;
        const goal = probe === 'react' ? { of: 'ratio', least: 0.85 } : undefined;
        figures.push(...compare(results, what, goal));
      }
    }
    for (const side of Object.values(sides)) await side.close();
  }
  return figures;
}
