/** One person's network fails; the others do not notice, and everything comes back by itself. */
import { expect } from 'vitest';
import { en } from '../../src/i18n/en';
import { films } from './harness/films';
import { journey } from './harness/journey';
import type { Person } from './harness/person';
import { recordingOf } from './harness/recording';
import type { Relay } from './harness/relay';
import { expectInStep } from './harness/same';
import type { Stage } from './harness/stage';
import { sleep, until } from './harness/until';

interface Scene {
  readonly ada: Person;
  /** Behind the relay. */
  readonly bo: Person;
  readonly relay: Relay;
}

async function twoWatch(stage: Stage): Promise<Scene> {
  const { code, owner } = await stage.roomWith(films.numbered);
  const relay = await stage.relay();
  const ada = await stage.person('Ada', { as: owner, recorded: true });
  const bo = await stage.person('Bo', { relay, recorded: true });
  await ada.join(code);
  await bo.joinAsGuest(code);
  await Promise.all([ada.inside(), bo.inside()]);
  await Promise.all([ada.seesFilm(), bo.seesFilm()]);
  await ada.pressPlay();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await expectInStep([ada, bo]);
  await Promise.all([recordingOf(ada), recordingOf(bo)]);
  return { ada, bo, relay };
}

async function reconnects(bo: Person): Promise<void> {
  await bo.page.getByTestId('status').getByText(en.room.reconnecting).waitFor();
}

async function isBack(bo: Person): Promise<void> {
  await until(
    'Bo is connected again',
    async () => (await bo.page.getByTestId('status').innerText()).trim() === '',
  );
}

async function expectRanOn(one: Person): Promise<void> {
  const { events } = await recordingOf(one);
  const bad = events.filter(([, name]) => ['waiting', 'pause', 'seeking'].includes(name));
  expect(bad, `interruptions for ${one.name}`).toEqual([]);
}

journey('a tunnel: nothing gets through for a while, and nobody is told', async (stage) => {
  const { ada, bo, relay } = await twoWatch(stage);
  await relay.cut('silent');
  await bo.say('from the tunnel');
  await ada.say('Bo?');
  await reconnects(bo);
  await relay.heal();
  await isBack(bo);
  await ada.reads('from the tunnel');
  await bo.reads('Bo?');
  expect((await ada.messages()).filter((text) => text === 'from the tunnel')).toHaveLength(1);
  await expectRanOn(ada);
  await expectRanOn(bo);
  await expectInStep([ada, bo]);
});

journey('a connection that is reset', async (stage) => {
  const { ada, bo, relay } = await twoWatch(stage);
  await relay.cut('reset');
  await reconnects(bo);
  await relay.heal();
  await isBack(bo);
  await ada.say('still there?');
  await bo.reads('still there?');
  await expectRanOn(ada);
  await expectRanOn(bo);
  await expectInStep([ada, bo]);
});

journey(
  'a connection that is only half there',
  async (stage) => {
    const { ada, bo, relay } = await twoWatch(stage);
    await relay.halfOpen();
    await bo.say('yes');
    // Requests may be sent over dead connections first, and each has to be given up.
    await ada.reads('yes');
    await expectRanOn(ada);
    await expectRanOn(bo);
    await expectInStep([ada, bo]);
  },
  { long: true },
);

journey('far away on a bad line: in step all the same', async (stage) => {
  const { ada, bo, relay } = await twoWatch(stage);
  await relay.set({ delay_ms: 50, jitter_ms: 25, loss: 0.01, pause_ms: 200 });
  await sleep(4000);
  await bo.pressPause();
  await Promise.all([ada.seesItStand(), bo.seesItStand()]);
  const [at, there] = await Promise.all([ada.picture(), bo.picture()]);
  await until('both stand at the same place', async () => {
    const [one, other] = await Promise.all([ada.picture(), bo.picture()]);
    return one.position === other.position;
  }).catch(() => {
    expect(at.position).toBe(there.position);
  });
  await bo.pressPlay();
  await Promise.all([ada.seesItRun(), bo.seesItRun()]);
  await expectInStep([ada, bo]);
});

journey(
  'a slow viewer is waited for, then gone on without, and comes after with a smaller picture',
  async (stage) => {
    const { ada, bo, relay } = await twoWatch(stage);
    // Less than any rung needs.
    await relay.set({ bytes_per_second: 20_000, direction: 'down' });
    await ada.seekTo(0.85);
    const hold = ada.page.getByTestId('hold');
    await hold.getByText(en.room.hold.waiting('Bo')).waitFor();
    await until('the others go on', async () => (await hold.innerText()).trim() === '');
    await ada.seesItRun();
    await ada.openTab('people');
    await ada.page
      .getByTestId('person')
      .filter({ hasText: 'Bo' })
      .getByText(/loading/)
      .waitFor();

    // Enough for the smaller picture alone.
    await relay.set({ bytes_per_second: 110_000, direction: 'down' });
    await ada.seekTo(0.7);
    await bo.seesItRun();
    await until('Bo gets the smaller picture', async () => (await bo.picture()).height < 480);
    await relay.clear();
    await expectInStep([ada, bo]);
  },
  { long: true },
);
