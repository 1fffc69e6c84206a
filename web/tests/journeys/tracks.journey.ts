/** Languages: each person chooses their own sound and subtitles. */
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Person } from './harness/person';
import { until } from './harness/until';

async function choose(one: Person, panel: string, option: string): Promise<void> {
  await one.pressControl(panel);
  await one.page.getByRole('radio', { name: option }).check({ force: true });
  await one.page.keyboard.press('Escape');
}

async function reads(one: Person, words: string): Promise<void> {
  await until(`${one.name} reads "${words}"`, async () =>
    (await one.page.getByTestId('subtitles').innerText()).includes(words),
  );
}

journey('one hears English and reads German, the other the other way round', async (stage) => {
  const { code, owner } = await stage.roomWith(films.tongues);
  const ada = await stage.person('Ada', { as: owner });
  const bo = await stage.person('Bo');
  await ada.join(code);
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);
  await Promise.all([ada.seesFilm(), bo.seesFilm()]);

  await choose(ada, en.player.subtitles, 'German');
  await choose(bo, en.player.subtitles, 'English');
  await choose(bo, en.player.options, 'German');
  await ada.pressPlay();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await reads(ada, 'Guten Abend, schöne Grüße 😀');
  await reads(bo, 'Good evening everyone');

  // The choice holds, and is Bo's alone.
  await bo.pressControl(en.player.options);
  expect(await bo.page.getByRole('radio', { name: 'German' }).isChecked()).toBe(true);
  await bo.page.keyboard.press('Escape');
  await ada.pressControl(en.player.options);
  expect(await ada.page.getByRole('radio', { name: 'English' }).isChecked()).toBe(true);
  await ada.page.keyboard.press('Escape');

  await choose(ada, en.player.subtitles, en.player.subtitlesOff);
  await until(
    'Ada reads nothing',
    async () => (await ada.page.getByTestId('subtitles').innerText()).trim() === '',
  );
});
