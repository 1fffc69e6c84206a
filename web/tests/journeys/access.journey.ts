/** Every page and state, dark and light: axe-core finds nothing, nothing shifts, nothing is logged. */
import { en } from '../../src/i18n/en';
import { expectAccessible } from './harness/axe';
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Person } from './harness/person';
import { planWithPlaces } from './harness/plan';

async function look(one: Person, path: string, sign: string | RegExp): Promise<void> {
  await one.go(path);
  await one.sees(sign);
  await expectAccessible(one, path);
}

/** A dialog by its way there, checked and closed. */
async function lookInto(one: Person, name: string, open: () => Promise<void>): Promise<void> {
  await open();
  await one.page.getByRole('dialog', { name }).waitFor();
  await expectAccessible(one, name);
  await one.page.keyboard.press('Escape');
  await one.page.getByRole('dialog', { name }).waitFor({ state: 'hidden' });
}

async function chooseInMenu(one: Person, name: string): Promise<void> {
  await one.page.getByRole('button', { name: en.room.menu }).click();
  await one.page.getByRole('menuitem', { name }).click();
}

journey(
  'every page and state is accessible, dark and light',
  async (stage) => {
    const nobody = await stage.person('Nobody');
    await look(nobody, '/', en.start.firstTitle);

    const { code, owner } = await stage.roomWith(films.tongues);
    await look(nobody, '/', en.start.landingTitle);
    await look(nobody, '/sign-in', en.account.noAccount);
    await look(nobody, '/sign-up', en.account.signUpTitle);
    await look(nobody, `/room/${code}`, en.door.invites('Ada'));
    await look(nobody, '/room/AAAAA-AAAAA', en.door.goneTitle);
    await look(nobody, '/nowhere', en.common.notFoundTitle);

    const ada = await stage.person('Ada', { as: owner });
    await look(ada, '/', en.start.hello('Ada'));
    await look(ada, '/library', 'tongues');
    await look(ada, '/account', en.account.profile);
    await look(ada, '/admin', en.common.admin);
    await ada.page.getByRole('link', { name: en.recovery.title }).click();
    await ada.sees(/^If everything failed now/);
    await expectAccessible(ada, 'how recovery stands');
    await ada.page.getByRole('button', { name: en.recovery.copyCommand }).first().click();
    await ada.sees(en.recovery.commandCopied);

    await ada.join(code);
    await ada.inside();
    await ada.seesFilm();
    await ada.say('Hello at 0:10, see https://peach.blender.org');
    await ada.reads('Hello at');
    await expectAccessible(ada, 'a room, paused, with a message');
    const bo = await stage.person('Bo');
    await bo.joinAsGuest(code);
    await bo.inside();
    await ada.openTab('people');
    await ada.sees('Bo');
    await expectAccessible(ada, 'a room: people');
    await ada.openTab('queue');
    await expectAccessible(ada, 'a room: queue');
    await lookInto(ada, en.room.inviteTitle, () =>
      ada.page.getByRole('button', { name: en.room.invite, exact: true }).click(),
    );
    await lookInto(ada, en.settings.title, () => chooseInMenu(ada, en.room.settings));
    await lookInto(ada, en.shortcuts.title, () => chooseInMenu(ada, en.room.shortcuts));
    await lookInto(ada, en.queue.addTitle, () =>
      ada.page.getByRole('button', { name: en.queue.add }).click(),
    );
    for (const panel of [en.player.options, en.player.subtitles]) {
      await ada.pressControl(panel);
      await expectAccessible(ada, panel);
      await ada.page.keyboard.press('Escape');
    }
    await ada.page.getByTestId('sync-badge').click();
    await ada.sees(en.sync.lastMinute);
    await expectAccessible(ada, en.sync.title);
    await ada.page.keyboard.press('Escape');
    await ada.pressPlay();
    await ada.seesItRun();
    await expectAccessible(ada, 'a room, playing');
  },
  { args: ['--recovery-plan', planWithPlaces()] },
);
