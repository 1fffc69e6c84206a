/** Watching together: what one does, all see. */
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { holdEncoder } from './harness/encoder';
import { films } from './harness/films';
import { journey } from './harness/journey';
import { expectInStep, expectSamePlace, expectSameStill } from './harness/same';
import { until } from './harness/until';

journey('four people run, pause and seek as one', async (stage) => {
  const { code, owner } = await stage.roomWith(films.numbered);
  const ada = await stage.person('Ada', { as: owner });
  await ada.join(code);
  const guests = await Promise.all(['Bo', 'Cy', 'Di'].map((name) => stage.person(name)));
  await Promise.all(guests.map((one) => one.joinAsGuest(code)));
  const all = [ada, ...guests];
  await Promise.all(all.map((one) => one.inside()));
  await Promise.all(all.map((one) => one.seesFilm()));

  await ada.pressPlay();
  await Promise.all(all.map((one) => one.seesItRun()));
  await expectInStep(all);

  const [bo] = guests;
  await Promise.all([ada.sees(en.room.activity.pause('Bo')), bo?.pressPause()]);
  await expectSameStill(all);

  await ada.seekTo(0.5);
  await expectSameStill(all);
  const there = await ada.picture();
  expect(there.position).toBeGreaterThan(40);
  expect(there.position).toBeLessThan(50);

  await bo?.pressPlay();
  await Promise.all(all.map((one) => one.seesItRun()));
  await ada.seekTo(0.25);
  await Promise.all(all.map((one) => one.seesItRun()));
  await expectInStep(all);
});

journey('whoever comes late sees what the others see', async (stage) => {
  const { code, owner } = await stage.roomWith(films.numbered);
  const ada = await stage.person('Ada', { as: owner });
  await ada.join(code);
  await ada.inside();
  await ada.seesFilm();
  await ada.pressPlay();
  await ada.seesItRun();
  await ada.say('Where is everybody?');

  const bo = await stage.person('Bo');
  await bo.joinAsGuest(code);
  await bo.inside();
  await bo.seesItRun();
  await expectInStep([ada, bo]);
  await bo.reads('Where is everybody?');
  await ada.openTab('people');
  await until('Ada sees Bo', async () =>
    (await ada.page.getByTestId('person').allInnerTexts()).some((text) => text.includes('Bo')),
  );

  // Loading the page anew is coming late as well, and needs no click.
  await bo.page.reload();
  await bo.seesItRun();
  await expectInStep([ada, bo]);
});

journey('who may not control the film is told who may, and can ask', async (stage) => {
  const { code, owner } = await stage.roomWith(films.small, { wishes: { control: 'host' } });
  const ada = await stage.person('Ada', { as: owner });
  await ada.join(code);
  const bo = await stage.person('Bo');
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);
  await Promise.all([ada.seesFilm(), bo.seesFilm()]);

  await bo.wakeControls();
  await bo.page.getByTestId('play').click();
  await bo.sees(en.room.controlledBy.host('Ada'));
  await bo.page.getByRole('button', { name: en.room.ask }).click();
  await ada.reads(en.room.askText.play);
  expect((await ada.picture()).paused).toBe(true);

  await ada.pressPlay();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);

  await stage.api.changeRoom(owner, code, { control: 'everyone' });
  await until('Bo may pause', async () => bo.page.getByRole('slider').first().isEnabled());
  await bo.pressPause();
  await ada.seesItStand();
});

journey('a film is watched while it is still being transcoded', async (stage) => {
  const { code, owner } = await stage.roomWith(null);
  const ada = await stage.person('Ada', { as: owner });
  const bo = await stage.person('Bo');
  await ada.join(code);
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);
  const film = await stage.api.upload(owner, films.old, code);
  await stage.api.prepared(owner, film, false);
  const release = await holdEncoder(stage.server);
  const half = await stage.api.film(owner, film);
  expect(half.status, 'while people watch').toBe('transcoding');
  await Promise.all([ada.seesFilm(), bo.seesFilm()]);

  // Nobody gets beyond what there is.
  const { position } = await ada.seekTo(0.98);
  const { playable_until: edge } = await stage.api.film(owner, film);
  expect(position).toBeLessThanOrEqual(edge);
  await expectSamePlace([ada, bo]);

  // What comes after is played as it is made.
  await ada.pressPlay();
  release();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await until('Bo is past the edge', async () => (await bo.picture()).position > edge);

  await stage.api.prepared(owner, film);
  await ada.seekTo(0.5);
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await expectInStep([ada, bo]);
});
