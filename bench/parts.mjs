// One film by two workers of one core each, next to the same film by one of them.
import { coreCount, loadCore, serverCore } from './lib/cores.mjs';
import { childSeconds, threadSeconds } from './lib/cost.mjs';
import { longFilm } from './lib/films.mjs';
import { Missing } from './lib/paths.mjs';
import { Stage } from './lib/stage.mjs';
import { median, medianRatio, spread } from './lib/stats.mjs';

async function made(stage, film, cores, part) {
  const settings = {
    SYNCWATCH_BUS_URL: 'postgres:',
    SYNCWATCH_MEDIA_PRESET: 'superfast',
    SYNCWATCH_MEDIA_PART: part,
  };
  const node = await stage.node({ core: null, settings });
  const workers = [];
  for (const core of cores) workers.push(await stage.worker({ core, settings }));
  const cost = () => workers.reduce((sum, { pid }) => sum + childSeconds(pid) + threadSeconds(pid), 0);
  let before;
  const id = await node.upload(film, () => (before = cost()));
  const begin = Date.now();
  const video = await node.ready(id);
  const took = (Date.now() - begin) / 1000;
  const cpu = cost() - before;
  if (video.renditions.some((each) => each.remuxed)) throw new Error('a rung was passed on, not encoded');
  await node.call('DELETE', `/api/v1/videos/${id}`);
  for (const each of [...workers, node]) await each.stop();
  return { video, took, cpu };
}

export async function run({ rounds = 2, short }) {
  if (coreCount < 2) throw new Missing('two workers need two cores');
  const film = await longFilm({ short });
  const part = short ? '4s' : '60s';
  const stage = await Stage.open();
  const alone = [];
  const together = [];
  for (let round = 0; round < rounds; ++round) {
    alone.push(await made(stage, film, [serverCore], part));
    together.push(await made(stage, film, [serverCore, loadCore], part));
  }
  await stage.close();
  const took = (each) => each.took;
  const cpu = (each) => each.cpu;
  const faster = alone.map((each, i) => each.took / together[i].took);
  const names = alone[0].video.renditions.map((each) => each.name).join(' ');
  return [
    {
      what: `${names} of ${alone[0].video.duration.toFixed(0)} s, last byte to ready: two workers of one core, next to one`,
      unit: 's',
      ours: median(together.map(took)),
      theirs: median(alone.map(took)),
      ratio: medianRatio(alone.map(took), together.map(took)),
      range: spread(faster),
      goal: { of: 'ratio', least: 1.35 },
      note: 'the ratio says how many times faster',
    },
    {
      what: 'CPU of the same',
      unit: 'CPU s',
      ours: median(together.map(cpu)),
      theirs: median(alone.map(cpu)),
      ratio: medianRatio(together.map(cpu), alone.map(cpu)),
      range: spread(together.map((each, i) => each.cpu / alone[i].cpu)),
      goal: { of: 'ratio', most: 1.3 },
    },
  ];
}
