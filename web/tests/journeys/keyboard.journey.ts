/** Everything that matters, without a pointer. */
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Person } from './harness/person';
import { until } from './harness/until';

async function seesFrame(one: Person, frame: number): Promise<void> {
  const seen = async (): Promise<boolean> => (await one.frameNumber()) === frame;
  await until(`${one.name} sees frame ${String(frame)}`, seen).catch(async () => {
    const { position } = await one.picture();
    expect({ frame: await one.frameNumber(), position }).toEqual({ frame, position });
  });
}

journey('a guest joins, controls the film and chats by keys alone', async (stage) => {
  const { code, owner } = await stage.roomWith(films.small);
  const ada = await stage.person('Ada', { as: owner });
  await ada.join(code);
  await ada.inside();

  const bo = await stage.person('Bo');
  const keys = bo.page.keyboard;
  await bo.go(`/room/${code}`);
  await until('the name has the focus', () =>
    bo.page.evaluate(() => document.activeElement instanceof HTMLInputElement),
  );
  await keys.type('Bo');
  await keys.press('Enter');
  await bo.inside();
  await bo.seesFilm();

  await keys.press('k');
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await keys.press(' ');
  await Promise.all([ada.seesItStand(), bo.seesItStand()]);

  const before = (await ada.picture()).position;
  await keys.press('l');
  await keys.press('l');
  await keys.press('ArrowLeft');
  await until('twice ten seconds on, and five back', async () => {
    const { position } = await ada.picture();
    return Math.abs(position - before - 15) < 0.01;
  });
  // A pause may stand at the edge of a picture, where rounding decides which one is shown; a step
  // goes to the middle of one, counted from the picture that the presser sees.
  const place = (await ada.picture()).position;
  await until('Bo is there too', async () => {
    const { position } = await bo.picture();
    return Math.abs(position - place) < 0.01 && (await bo.frameNumber()) >= 0;
  });
  await keys.press('.');
  await until('a picture further', async () => (await ada.picture()).position > place + 0.01);
  const there = await ada.frameNumber();
  await keys.press('.');
  await seesFrame(ada, there + 1);
  await keys.press(',');
  await seesFrame(ada, there);

  await keys.press('m');
  await until('muted', () => bo.page.evaluate(() => document.querySelector('video')?.muted));
  await keys.press('m');

  await keys.press('c');
  await keys.type('k is for keys');
  await keys.press('Enter');
  await ada.reads('k is for keys');
  expect((await ada.picture()).paused, 'typing is no command').toBe(true);
  await keys.press('Escape');

  await keys.press('?');
  await bo.page.getByRole('dialog', { name: en.shortcuts.title }).waitFor();
  await keys.press('Escape');
  await until(
    'the sheet is closed',
    async () => !(await bo.page.getByRole('dialog', { name: en.shortcuts.title }).isVisible()),
  );
  await keys.press('t');
  await until('theatre', async () => !(await bo.page.getByRole('tab').first().isVisible()));
  await keys.press('t');
  await bo.page.getByRole('tab', { name: en.room.tabs.chat }).waitFor();

  await keys.press('1');
  await keys.press('k');
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
});

journey('Tab reaches every control of a room, visibly, and never gets stuck', async (stage) => {
  const { code, owner } = await stage.roomWith(films.small);
  const ada = await stage.person('Ada', { as: owner });
  await ada.join(code);
  await ada.inside();
  await ada.seesFilm();
  const reached: string[] = [];
  for (let i = 0; i < 60; i += 1) {
    await ada.page.keyboard.press('Tab');
    const where = await ada.page.evaluate(() => {
      const at = document.activeElement;
      if (at === null || at === document.body) return null;
      const box = at.getBoundingClientRect();
      // A field may leave it to the box around it.
      const boxes = [at, at.parentElement, at.parentElement?.parentElement];
      const ring = boxes.some((one) => {
        if (one == null) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== 'none' && outlineWidth !== '0px';
      });
      const name =
        at.getAttribute('aria-label') ?? (at.textContent.trim() || at.getAttribute('placeholder'));
      return {
        name: `${at.tagName.toLowerCase()} ${name ?? ''}`,
        inView: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
        ring,
      };
    });
    if (where === null) break;
    if (reached.includes(where.name)) break;
    reached.push(where.name);
    expect(where.inView, `${where.name} is in view`).toBe(true);
    expect(where.ring, `${where.name} shows that it has the focus`).toBe(true);
  }
  const all = reached.join('\n');
  for (const control of [
    en.player.play,
    en.player.seek,
    en.player.subtitles,
    en.player.options,
    en.player.fullscreen,
    en.room.invite,
    en.room.menu,
    en.chat.placeholder,
    en.chat.emoji,
  ]) {
    expect(all).toContain(control);
  }
});
