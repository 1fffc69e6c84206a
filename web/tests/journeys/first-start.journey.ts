/** From a server that nobody has used yet to three people who watch a film and chat. */
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { films } from './harness/films';
import { journey } from './harness/journey';
import { dropFile } from './harness/drop';
import { expectSamePlace } from './harness/same';

journey(
  'the first person makes an account, drops a film, and two friends watch along',
  async (stage) => {
    const ada = await stage.person('Ada');
    const { page } = ada;

    await ada.go('/');
    await page.getByLabel(en.account.username).fill('Ada');
    await page.getByLabel(en.account.password).fill('a good long password');
    await page.getByRole('button', { name: en.start.firstButton }).click();
    await ada.sees(en.start.hello('Ada'));

    // The word of it is there for a moment only.
    await Promise.all([
      ada.sees(en.common.copied),
      page.waitForURL(/\/room\/[0-9A-Z]{5}-[0-9A-Z]{5}$/),
      dropFile(page, films.bunny480),
    ]);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(page.url());
    const code = new URL(link).pathname.split('/').at(-1) ?? '';

    const [bo, cy] = await Promise.all([stage.person('Bo'), stage.person('Cy')]);
    await Promise.all([bo.joinAsGuest(code), cy.joinAsGuest(code)]);
    const all = [ada, bo, cy];
    await Promise.all(all.map((one) => one.inside()));
    await Promise.all(all.map((one) => one.seesFilm()));

    await ada.pressPlay();
    await Promise.all(all.map((one) => one.seesItRun()));
    await bo.say('Here we go');
    await Promise.all(all.map((one) => one.reads('Here we go')));
    await cy.say('Popcorn?');
    await ada.say('Shh');
    for (const one of all) {
      await one.reads('Popcorn?');
      await one.reads('Shh');
    }

    await Promise.all([ada.sees(en.room.activity.pause('Bo')), bo.pressPause()]);
    await expectSamePlace(all);
  },
);
