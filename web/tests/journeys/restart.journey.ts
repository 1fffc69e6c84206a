/** The server goes away and comes back while people watch: nobody loses anything. */
import { expect } from 'vitest';
import { films } from './harness/films';
import { journey } from './harness/journey';
import { expectInStep } from './harness/same';
import type { Stage } from './harness/stage';
import { expectUndisturbed, recordingOf } from './harness/recording';
import { sleep, until } from './harness/until';

const AWAY_MS = 2500;

async function surviveA(end: 'stop' | 'kill', stage: Stage): Promise<void> {
  const { code, owner } = await stage.roomWith(films.numbered);
  const ada = await stage.person('Ada', { as: owner, recorded: true });
  const bo = await stage.person('Bo', { recorded: true });
  await ada.join(code);
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);
  await Promise.all([ada.seesFilm(), bo.seesFilm()]);
  await ada.pressPlay();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await ada.say('before');
  await bo.reads('before');
  await expectInStep([ada, bo]);
  const before = ada.playback;
  await Promise.all([recordingOf(ada), recordingOf(bo)]);

  await stage.server[end]();
  await bo.say('while it was away');
  await sleep(AWAY_MS);
  await stage.server.start();

  await ada.reads('while it was away');
  await ada.say('after');
  await bo.reads('after');
  await expectUndisturbed([ada, bo]);
  await expectInStep([ada, bo]);
  for (const one of [ada, bo]) {
    expect(await one.messages(), `${one.name}'s chat`).toEqual([
      'before',
      'while it was away',
      'after',
    ]);
    // The room says of the film what it said before.
    const now = one.playback;
    if (before === null || now === null) throw new Error('no playback');
    expect({ item: now.item, paused: now.paused }).toEqual({ item: before.item, paused: false });
    const line = (now.at_us - before.at_us) / 1e6 + before.position - now.position;
    expect(Math.abs(line), 's between the old timeline and the new').toBeLessThan(0.05);
    await until(
      `${one.name} is told that it is over`,
      async () => (await one.page.getByTestId('status').innerText()).trim() === '',
    );
  }
  await ada.openTab('queue');
  expect(await ada.page.getByTestId('queue-item').count()).toBe(1);
}

journey('SIGTERM and a new start while people watch', (stage) => surviveA('stop', stage));
journey('kill -9 and a new start while people watch', (stage) => surviveA('kill', stage));

journey('a restart keeps a room that nobody is in', async (stage) => {
  const { code, owner } = await stage.roomWith(films.small);
  const ada = await stage.person('Ada', { as: owner });
  await ada.join(code);
  await ada.inside();
  await ada.seesFilm();
  await ada.seekTo(0.5);
  await ada.say('to be continued');
  await ada.reads('to be continued');
  const { position } = await ada.picture();
  await ada.go('/');
  await stage.server.stop();
  await stage.server.start();
  await ada.join(code);
  await ada.reads('to be continued');
  await ada.seesFilm();
  await until('Ada is where she was', async () => (await ada.picture()).position === position);
});
