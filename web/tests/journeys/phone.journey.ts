/** A phone: upright and on its side, by touch. */
import { devices } from 'playwright-core';
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Person } from './harness/person';
import { until } from './harness/until';

const { defaultBrowserType: _unused, ...phone } = devices['Pixel 7'];

/** Nothing sticks out at the side. */
async function expectNoSidewaysScroll(one: Person): Promise<void> {
  const [inner, whole] = await one.page.evaluate(() => [
    innerWidth,
    document.documentElement.scrollWidth,
  ]);
  expect(whole, 'width of the page').toBeLessThanOrEqual(inner);
}

/** Whatever can be touched is large enough for a finger. */
async function expectLargeTargets(one: Person): Promise<void> {
  const small = await one.page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input, textarea, [role=slider], [role=tab]')]
      .map((element) => {
        // A label or a larger area around it counts.
        const target = element.closest('label') ?? element;
        const box = target.getBoundingClientRect();
        const around = getComputedStyle(element, '::before');
        const width = Math.max(box.width, Number.parseFloat(around.width) || 0);
        const height = Math.max(box.height, Number.parseFloat(around.height) || 0);
        const name = element.getAttribute('aria-label') ?? element.textContent.trim();
        const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        const inView = box.width > 1 && box.bottom > 0 && box.right > 0;
        return { name: `${element.tagName} ${name}`, width, height, shown: shown && inView };
      })
      .filter(({ shown, width, height }) => shown && (width < 43.5 || height < 43.5))
      .map(({ name, width, height }) => `${name}: ${String(width)} × ${String(height)}`),
  );
  expect(small, 'targets smaller than 44 px').toEqual([]);
}

journey('a guest on a phone watches and chats', async (stage) => {
  const { code, owner } = await stage.roomWith(films.small);
  const ada = await stage.person('Ada', { as: owner });
  await ada.join(code);
  await ada.inside();

  const bo = await stage.person('Bo', { browser: phone });
  await bo.go(`/room/${code}`);
  await expectNoSidewaysScroll(bo);
  await expectLargeTargets(bo);
  await bo.page.getByLabel(en.door.nameLabel).fill('Bo');
  await bo.page.getByRole('button', { name: en.door.join, exact: true }).tap();
  await bo.inside();
  await bo.seesFilm();
  await expectNoSidewaysScroll(bo);
  await expectLargeTargets(bo);

  // The film on top, over the whole width; the chat below, with its field in view.
  const film = await bo.page.getByTestId('picture').boundingBox();
  const field = await bo.page.getByLabel(en.chat.field).boundingBox();
  const { width, height } = bo.page.viewportSize() ?? { width: 0, height: 0 };
  expect(film?.y).toBe(0);
  expect(film?.width).toBe(width);
  expect(field?.y).toBeGreaterThan((film?.y ?? 0) + (film?.height ?? 0));
  expect((field?.y ?? 0) + (field?.height ?? 0)).toBeLessThanOrEqual(height);

  await bo.page.getByTestId('play').tap();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await bo.say('from the bus');
  await ada.reads('from the bus');

  await bo.page.setViewportSize({ width: height, height: width });
  await until('the film has the screen for itself', async () => {
    const box = await bo.page.getByTestId('picture').boundingBox();
    return box?.width === height && box.height === width;
  });
  await ada.say('look at that');
  await bo.sees('look at that');
  await bo.seesItRun();
  await expectNoSidewaysScroll(bo);
});

journey('320 pixels are enough', async (stage) => {
  const { code, owner } = await stage.roomWith(films.small);
  const ada = await stage.person('Ada', {
    as: owner,
    browser: { viewport: { width: 320, height: 568 }, hasTouch: true },
  });
  for (const path of ['/', '/library', '/account', '/admin']) {
    await ada.go(path);
    await ada.page.getByRole('main').waitFor();
    await expectNoSidewaysScroll(ada);
  }
  await ada.join(code);
  await ada.inside();
  await ada.seesFilm();
  await expectNoSidewaysScroll(ada);
});
