/** Three people on three nodes; whatever dies, the film goes on. */
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Lab } from './harness/lab';
import type { Person } from './harness/person';
import { expectUndisturbed, recordingOf } from './harness/recording';
import { expectInStep } from './harness/same';
import type { Stage } from './harness/stage';
import { sleep } from './harness/until';

const AWAY_MS = 4000;

async function watching(stage: Stage): Promise<{ lab: Lab; all: Person[] }> {
  if (stage.lab === null) throw new Error('this takes a lab');
  const { code, owner } = await stage.roomWith(films.numbered);
  const ada = await stage.person('Ada', { as: owner, recorded: true });
  await ada.join(code);
  await ada.inside();
  const all = [ada];
  // One after the other, so that the load balancer gives each a node of their own.
  for (const name of ['Bo', 'Cy']) {
    const one = await stage.person(name, { recorded: true });
    await one.joinAsGuest(code);
    await one.inside();
    all.push(one);
  }
  await Promise.all(all.map((one) => one.seesFilm()));
  await ada.pressPlay();
  await Promise.all(all.map((one) => one.seesItRun()));
  await expectInStep(all);
  return { lab: stage.lab, all };
}

/** Something happens while they watch: nobody's film stumbles, and what is said reaches everybody. */
async function goesOn(
  what: string,
  happens: (lab: Lab) => Promise<unknown>,
  { lab, all }: { lab: Lab; all: Person[] },
): Promise<void> {
  await Promise.all(all.map(recordingOf));
  await happens(lab);
  const said = `after ${what}`;
  await all[1]?.say(said);
  await sleep(AWAY_MS);
  await expectUndisturbed(all);
  await Promise.all(all.map((one) => one.reads(said)));
  await all[2]?.pressPause();
  await Promise.all(all.map((one) => one.seesItStand()));
  await all[0]?.seekTo(0.1);
  await all[0]?.pressPlay();
  await Promise.all(all.map((one) => one.seesItRun()));
  await expectInStep(all);
  console.log(`production · the film went on after ${what}`);
}

const survives = (part: string, room: { lab: Lab; all: Person[] }): Promise<void> =>
  goesOn(`the death of ${part}`, (lab) => lab.kill(part), room);

journey(
  'nodes are restarted, one dies, and Redis, while three nodes serve a room',
  async (stage) => {
    const room = await watching(stage);
    await goesOn('a rolling restart', (lab) => lab.restart(), room);
    await survives('node-2', room);
    await survives('redis-1', room);
  },
  { nodes: 3 },
);

journey(
  'PostgreSQL and the store die while three nodes serve a room',
  async (stage) => {
    const room = await watching(stage);
    await survives('pg-1', room);
    await survives('s3-1', room);
  },
  { nodes: 3, long: true },
);
