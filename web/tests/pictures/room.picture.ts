/**
 * Three people in a room: real browsers, the real server, a real film. The picture of the README
 * (docs/images) is taken here, and with PICTURES=all the same room at every width, dark and light,
 * into build/reports/pictures. `npm run picture` after a build of the server and of the web app.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { films } from '../journeys/harness/films';
import { journey } from '../journeys/harness/journey';
import { ROOT } from '../journeys/harness/paths';
import type { Person } from '../journeys/harness/person';
import { expectInStep } from '../journeys/harness/same';
import type { Stage } from '../journeys/harness/stage';
import { until } from '../journeys/harness/until';

const README_PICTURE = join(ROOT, 'docs/images/room.jpg');
const REPORTS = join(ROOT, 'build/reports/pictures');
const everything = process.env['PICTURES'] === 'all';

const WIDE = { width: 1440, height: 860 };
const TABLET = { width: 768, height: 1024 };
const PHONE = { width: 390, height: 844 };

/** The bird on its branch, wings spread. */
const SHARE = 15.9 / 30;
const PICTURED_SECONDS = 16.6;

async function threeWatch(stage: Stage): Promise<readonly [Person, Person, Person]> {
  const account = await stage.api.register('Ada');
  const code = await stage.api.openRoom(account, { name: 'Friday night' });
  const film = await stage.api.upload(account, films.bunny1080, code, 'Big Buck Bunny.mp4');
  await stage.api.prepared(account, film);
  const ada = await stage.person('Ada', { as: account, browser: { viewport: WIDE } });
  const bo = await stage.person('Bo', { browser: { viewport: TABLET, hasTouch: true } });
  const cy = await stage.person('Cy', {
    browser: { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  });
  await ada.join(code);
  await Promise.all([bo.joinAsGuest(code), cy.joinAsGuest(code)]);
  const all = [ada, bo, cy] as const;
  await Promise.all(all.map((one) => one.inside()));
  await Promise.all(all.map((one) => one.seesFilm()));
  return all;
}

async function talk([ada, bo, cy]: readonly [Person, Person, Person]): Promise<void> {
  const lines: readonly (readonly [Person, string])[] = [
    [bo, 'Hello! Sound works here'],
    [cy, 'Same. On the train, phone in hand'],
    [ada, 'Popcorn ready? Here we go'],
    [bo, '🍿🍿'],
    [cy, 'That bird at 0:16 is my favourite'],
    [ada, 'Wait for 0:21'],
  ];
  for (const [one, text] of lines) {
    await one.say(text);
    await ada.reads(text);
  }
}

/** Nobody is typing. */
function blur(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** Plays up to the place of the picture, which is taken while the film runs. */
async function runToThePicture(all: readonly [Person, Person, Person]): Promise<void> {
  const [ada] = all;
  const before = await ada.picture();
  if (!before.paused) await ada.pressPause();
  await ada.seekTo(SHARE);
  await Promise.all(all.map((one) => one.seesItStand()));
  await ada.pressPlay();
  await Promise.all(all.map((one) => one.seesItRun()));
  await expectInStep(all);
  await until('the bird', async () => (await ada.picture()).position >= PICTURED_SECONDS);
}

journey('three people in a room', async (stage) => {
  const all = await threeWatch(stage);
  const [ada] = all;
  await talk(all);
  for (const colorScheme of everything ? (['light', 'dark'] as const) : (['dark'] as const)) {
    for (const one of all) await one.page.emulateMedia({ colorScheme });
    await runToThePicture(all);
    await Promise.all(all.map((one) => one.page.evaluate(blur)));
    await ada.wakeControls();
    if (colorScheme === 'dark') {
      mkdirSync(join(ROOT, 'docs/images'), { recursive: true });
      await ada.page.screenshot({ path: README_PICTURE, type: 'jpeg', quality: 88 });
    }
    if (!everything) continue;
    mkdirSync(REPORTS, { recursive: true });
    for (const one of all) {
      const { width } = one.page.viewportSize() ?? { width: 0 };
      const file = join(REPORTS, `room-${String(width)}-${colorScheme}.png`);
      await one.page.screenshot({ path: file });
    }
  }
  await ada.openTab('people');
  expect(await ada.page.getByTestId('person').count()).toBe(3);
  await ada.openTab('queue');
  await ada.sees('Big Buck Bunny');
  await ada.page.getByRole('tab', { name: en.room.tabs.chat }).click();
});
