/** Three people on three nodes of a lab, and what must hold for them whatever breaks. */
import { join } from 'node:path';
import type { Lab } from './lab';
import type { Person } from './person';
import { expectUndisturbed, recordingOf } from './recording';
import { expectInStep } from './same';
import type { Stage } from './stage';
import { sleep } from './until';

export interface Production {
  readonly stage: Stage;
  readonly lab: Lab;
  readonly people: readonly [owner: Person, Person, Person];
}

/** How long it lasts before anybody looks. */
const AWAY_MS = 4000;
const secondsSince = (from: number): string =>
  `${((performance.now() - from) / 1000).toFixed(1)} s`;

/** They watch `film` together, and it runs. */
export async function threeWatch(stage: Stage, film: string): Promise<Production> {
  if (stage.lab === null) throw new Error('this takes a lab');
  const { code, owner } = await stage.roomWith(film);
  const ada = await stage.person('Ada', { as: owner, recorded: true });
  await ada.join(code);
  await ada.inside();
  // One after the other, so that the load balancer gives each a node of their own.
  const guest = async (name: string): Promise<Person> => {
    const one = await stage.person(name, { recorded: true });
    await one.joinAsGuest(code);
    await one.inside();
    return one;
  };
  const people = [ada, await guest('Bo'), await guest('Cy')] as const;
  await Promise.all(people.map((one) => one.seesFilm()));
  await ada.pressPlay();
  await Promise.all(people.map((one) => one.seesItRun()));
  await expectInStep(people);
  return { stage, lab: stage.lab, people };
}

/**
 * Something happens while they watch: nobody's film stumbles, what is said reaches everybody, and
 * all can be taken somewhere else, to a share of the film.
 */
export async function goesOn(
  what: string,
  happens: (lab: Lab) => Promise<unknown>,
  { stage, lab, people }: Production,
  to = 0.1,
): Promise<void> {
  const [ada, bo, cy] = people;
  await Promise.all(people.map(recordingOf));
  await happens(lab);
  const from = performance.now();
  await bo.say(`after ${what}`);
  const read = Promise.all(people.map((one) => one.reads(`after ${what}`)));
  const [readAfter] = await Promise.all([read.then(() => secondsSince(from)), sleep(AWAY_MS)]);
  await expectUndisturbed(people);
  await ada.page.screenshot({ path: join(stage.folder, `${what.replaceAll(' ', '-')}.png`) });
  await cy.pressPause();
  await Promise.all(people.map((one) => one.seesItStand()));
  await ada.seekTo(to);
  await ada.pressPlay();
  await Promise.all(people.map((one) => one.seesItRun()));
  await expectInStep(people);
  console.log(`production · ${what} · the film went on; what was said was read in ${readAfter}`);
}

/**
 * Nobody can reach any node: players go on with what they have. Once that is over, what was said
 * meanwhile is read by everybody, and the film went on by its timeline.
 */
export async function comesBack(
  what: string,
  happens: (lab: Lab) => Promise<unknown>,
  { stage, lab, people }: Production,
): Promise<void> {
  const [ada, bo, cy] = people;
  const shot = (when: string): Promise<unknown> =>
    cy.page.screenshot({ path: join(stage.folder, `${what}-${when}.png`.replaceAll(' ', '-')) });
  await Promise.all(people.map(recordingOf));
  await happens(lab);
  await bo.say(`while ${what}`);
  await sleep(AWAY_MS);
  await shot('away');
  await lab.heal();
  const from = performance.now();
  await Promise.all(people.map((one) => one.reads(`while ${what}`)));
  const readAfter = secondsSince(from);
  await expectUndisturbed(people);
  await expectInStep(people);
  await shot('back');
  await ada.pressPause();
  await Promise.all(people.map((one) => one.seesItStand()));
  await cy.pressPlay();
  await Promise.all(people.map((one) => one.seesItRun()));
  console.log(
    `production · ${what} · the film went on; healed, all had read it ${readAfter} later`,
  );
}

/** At once after something happened the owner stops the film: for all. */
export async function obeysAfter(
  what: string,
  happens: (lab: Lab) => Promise<unknown>,
  { lab, people }: Production,
): Promise<void> {
  const [ada] = people;
  await happens(lab);
  const from = performance.now();
  await ada.pressPause();
  await Promise.all(people.map((one) => one.seesItStand()));
  console.log(`production · ${what} · a pause held for all after ${secondsSince(from)}`);
  await ada.pressPlay();
  await Promise.all(people.map((one) => one.seesItRun()));
}
