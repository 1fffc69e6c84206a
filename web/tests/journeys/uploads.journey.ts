/** Films on their way in: interrupted in every way, and those that are none. */
import { en } from '../../src/i18n/en';
import { dropFile } from './harness/drop';
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Person } from './harness/person';
import type { Relay } from './harness/relay';
import type { Stage } from './harness/stage';
import { until } from './harness/until';

const MEGABYTE = 1_000_000;

/** Ada, signed in and with a line that needs some seconds for a film. */
async function uploader(stage: Stage): Promise<{ ada: Person; relay: Relay }> {
  const account = await stage.api.register('Ada');
  const relay = await stage.relay();
  await relay.set({ bytes_per_second: 1.5 * MEGABYTE, direction: 'up' });
  const ada = await stage.person('Ada', { as: account, relay });
  return { ada, relay };
}

/** How much the server has, by what the page says. */
async function sentSomething(ada: Person): Promise<void> {
  await until('some of the film is sent', async () => {
    const [line] = await ada.page.getByTestId('upload').allInnerTexts();
    const share = /([\d.]+) ?MB of/.exec(line ?? '');
    return share !== null && Number(share[1]) > 4;
  });
}

async function isPlayable(ada: Person): Promise<void> {
  await until('the film is in the library, ready to watch', async () => {
    const [film] = await ada.page.getByTestId('film').allInnerTexts();
    // Its height stands there once it can be played.
    return film !== undefined && film.includes('480p') && film.includes(en.library.watch);
  });
}

journey('an upload goes on after its tab was killed', async (stage) => {
  const { ada, relay } = await uploader(stage);
  await ada.go('/library');
  await ada.sees(en.library.emptyTitle);
  await dropFile(ada.page, films.numbered);
  await sentSomething(ada);

  await ada.newTab();
  await ada.go('/library');
  await ada.sees(/Stopped at \d+.* Choose the same file again to go on from there/);
  const [chooser] = await Promise.all([
    ada.page.waitForEvent('filechooser'),
    ada.page.getByText(en.library.continueChoose).click(),
  ]);
  await relay.clear();
  await chooser.setFiles(films.numbered);
  await isPlayable(ada);
});

journey('an upload goes on after the server was killed', async (stage) => {
  const { ada, relay } = await uploader(stage);
  await ada.go('/library');
  await ada.sees(en.library.emptyTitle);
  await dropFile(ada.page, films.numbered);
  await sentSomething(ada);
  await stage.server.kill();
  await ada.sees(en.library.reconnecting);
  await stage.server.start();
  await relay.clear();
  await isPlayable(ada);
});

journey('what is no film says so, and why', async (stage) => {
  const { ada } = await uploader(stage);
  await ada.go('/');
  await ada.sees(en.start.hello('Ada'));
  await dropFile(ada.page, films.text);
  await ada.page.waitForURL(/\/room\//);
  await ada.sees(en.film.failedTitle);
  await ada.sees(en.library.errors.not_a_video);
  await ada.page.getByRole('button', { name: en.film.remove }).click();
  await ada.sees(en.room.aloneTitle);

  await ada.go('/library');
  const film = ada.page.getByTestId('film').first();
  await film.getByText(en.library.errors.not_a_video).waitFor();
  await film.getByRole('button', { name: en.queue.actions('text') }).click();
  await ada.page.getByRole('menuitem', { name: en.library.delete }).click();
  await ada.sees(en.library.deleted('text'));
  await ada.sees(en.library.emptyTitle);
});
