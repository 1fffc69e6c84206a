/** Three people on three nodes; whatever dies, the film goes on. */
import { films } from './harness/films';
import { journey } from './harness/journey';
import { goesOn, threeWatch } from './harness/production';

journey(
  'nodes are restarted, one dies, and Redis, while three nodes serve a room',
  async (stage) => {
    const room = await threeWatch(stage, films.numbered);
    await goesOn('a rolling restart', (lab) => lab.restart(), room);
    await goesOn('the death of node-2', (lab) => lab.kill('node-2'), room);
    await goesOn('the death of redis-1', (lab) => lab.kill('redis-1'), room);
  },
  { nodes: 3 },
);
