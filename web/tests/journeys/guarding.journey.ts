/** Who gets in, who does not, and who has to leave. */
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { journey } from './harness/journey';
import { until } from './harness/until';

journey('a room with a password, and somebody who guesses', async (stage) => {
  const { code } = await stage.roomWith(null, { wishes: { password: 'open sesame' } });
  const bo = await stage.person('Bo');
  await bo.joinAsGuest(code, 'open barley');
  await bo.sees(en.problems.wrongPassword);
  await bo.page.getByLabel(en.door.passwordLabel).fill('open sesame');
  await bo.page.getByRole('button', { name: en.door.joinAs('Bo') }).click();
  await bo.inside();
  // A room once entered is there again after loading anew.
  await bo.page.reload();
  await bo.inside();

  const mallory = await stage.person('Mallory');
  await mallory.joinAsGuest(code, 'guess 0');
  const again = mallory.page.getByRole('button', { name: en.door.joinAs('Mallory') });
  for (let guess = 1; guess < 8; guess += 1) {
    await mallory.sees(/That is not the password of this room|Too many wrong tries/);
    if (await again.isDisabled()) break;
    await mallory.page.getByLabel(en.door.passwordLabel).fill(`guess ${String(guess)}`);
    await again.click();
  }
  await mallory.sees(/Too many wrong tries. Wait .* and try again/);
  expect(await again.isDisabled()).toBe(true);
});

journey('a full room says so, and has a place again when somebody leaves', async (stage) => {
  const { code, owner } = await stage.roomWith(null, { wishes: { capacity: 2 } });
  const ada = await stage.person('Ada', { as: owner });
  const bo = await stage.person('Bo');
  await ada.join(code);
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);

  const cy = await stage.person('Cy');
  await cy.joinAsGuest(code);
  await cy.sees(en.door.fullText(2));
  await bo.go('/');
  const knock = cy.page.getByRole('button', { name: en.door.joinAs('Cy') });
  await until(
    'there is a place for Cy',
    async () => {
      if (await cy.page.getByTestId('picture').isVisible()) return true;
      await knock.click({ timeout: 1000 }).catch(() => undefined);
      return false;
    },
    { everyMs: 500 },
  );
  await cy.inside();
});

journey('kicked, and banned for good', async (stage) => {
  const { code, owner } = await stage.roomWith(null);
  const ada = await stage.person('Ada', { as: owner });
  const bo = await stage.person('Bo');
  await ada.join(code);
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);
  const { page } = ada;

  await ada.openTab('people');
  const more = page.getByRole('button', { name: en.people.actions('Bo') });
  await more.click();
  await page.getByRole('menuitem', { name: en.people.kick }).click();
  await bo.sees(en.door.kickedTitle);
  await bo.page.getByRole('button', { name: en.door.comeBack }).click();
  await bo.page.getByRole('button', { name: en.door.joinAs('Bo') }).click();
  await bo.inside();

  await more.click();
  await page.getByRole('menuitem', { name: en.people.ban }).click();
  await page.getByRole('radio', { name: en.people.banSpans.forever }).check({ force: true });
  await page.getByRole('button', { name: en.people.banDo, exact: true }).click();
  await ada.sees(en.people.banned('Bo'));
  await bo.sees(en.door.bannedTitle);
  await bo.page.reload();
  const knock = bo.page.getByRole('button', { name: en.door.joinAs('Bo') });
  await Promise.race([knock.click(), bo.sees(en.door.bannedTitle)]);
  await bo.sees(en.door.bannedTitle);

  await page.getByRole('button', { name: en.room.menu }).click();
  await page.getByRole('menuitem', { name: en.room.settings }).click();
  await page.getByRole('button', { name: en.settings.unban }).click();
  await ada.sees(en.settings.unbanned);
  await bo.page.reload();
  await bo.page.getByRole('button', { name: en.door.joinAs('Bo') }).click();
  await bo.inside();
});
