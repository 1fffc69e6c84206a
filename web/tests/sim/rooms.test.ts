/**
 * Rooms in virtual time: real sessions, simulated lines, clocks and players, a seed per run.
 * A failure names its seed; `SIM_SEED=17 npx vitest run tests/sim` plays that one again.
 */
import { describe, expect, it } from 'vitest';
import { LOOPBACK } from './network';
import { Scene, allowedMs } from './scene';

const one = process.env['SIM_SEED'];
const count = Number(process.env['SIM_SEEDS'] ?? 200);
const SEEDS =
  one === undefined ? Array.from({ length: count }, (_none, i) => i + 1) : [Number(one)];
const TIMEOUT_MS = 120_000;

/** Runs a scenario for every seed; the first that fails is named. */
async function everySeed(play: (scene: Scene) => Promise<void>): Promise<void> {
  for (const seed of SEEDS) {
    const scene = new Scene(seed);
    try {
      await play(scene);
    } catch (fault) {
      throw new Error(`seed=${String(seed)}: ${String(fault)}`, { cause: fault });
    } finally {
      scene.end();
    }
  }
}

function fact(name: string, play: (scene: Scene) => Promise<void>): void {
  it(name, () => everySeed(play), TIMEOUT_MS);
}

describe('a room in simulated time', () => {
  fact(
    'has everybody in step within ten seconds and then leaves the players alone',
    async (room) => {
      const { world, server, viewers, lines } = room;
      room.crowd(1);
      await world.run(4000);
      server.command('play', null, null);
      await world.run(10_000);
      const quietFromMs = world.nowMs;
      const worst = await room.worstOver(30_000);
      viewers.forEach((viewer, v) => {
        const line = lines[v] ?? LOOPBACK;
        expect(worst[v], `${viewer.name} ${JSON.stringify(line)}`).toBeLessThan(allowedMs(line));
        expect(viewer.callsSince(quietFromMs, 'rate'), viewer.name).toBeLessThanOrEqual(16);
        expect(viewer.callsSince(quietFromMs, 'seek'), viewer.name).toBe(0);
      });
    },
  );

  fact('is within 10 ms on good lines, with a correction now and then at most', async (room) => {
    const { world, server, viewers } = room;
    room.crowd(0);
    await world.run(3000);
    server.command('play', null, null);
    await world.run(4000);
    const fromMs = world.nowMs;
    for (const worst of await room.worstOver(20_000)) expect(worst).toBeLessThan(10);
    for (const viewer of viewers) {
      expect(viewer.callsSince(fromMs, 'rate')).toBeLessThanOrEqual(6);
    }
  });

  fact('catches up who falls a second behind, by one jump or in twenty seconds', async (room) => {
    const { world, server } = room;
    room.crowd(0.5);
    await world.run(3000);
    server.command('play', null, null);
    await world.run(10_000);
    const [late] = room.viewers;
    const line = room.lines[0] ?? LOOPBACK;
    const fromMs = world.nowMs;
    late?.player.hiccup(1);
    await world.run(20_000);
    expect(Math.abs(late?.errorMs ?? Number.NaN)).toBeLessThan(allowedMs(line));
    expect(late?.callsSince(fromMs, 'seek')).toBeLessThanOrEqual(1);
    expect(late?.callsSince(fromMs, 'rate')).toBeLessThanOrEqual(14);
  });

  fact('makes up a tenth of a second by speed alone', async (room) => {
    const { world, server } = room;
    const viewer = room.add(LOOPBACK);
    room.add(LOOPBACK);
    await world.run(3000);
    server.command('play', null, null);
    await world.run(5000);
    const fromMs = world.nowMs;
    viewer.player.hiccup(world.chance() < 0.5 ? 0.1 : -0.1);
    await world.run(6000);
    expect(Math.abs(viewer.errorMs)).toBeLessThan(8);
    expect(viewer.callsSince(fromMs, 'seek')).toBe(0);
    expect(viewer.callsSince(fromMs, 'rate')).toBeLessThanOrEqual(8);
  });

  fact('pauses nobody when somebody joins, and the newcomer is in step soon', async (room) => {
    const { world, server } = room;
    room.crowd(0.5);
    await world.run(3000);
    server.command('play', null, null);
    await world.run(8000);
    const before = [...room.viewers];
    const fromMs = world.nowMs;
    const newcomer = room.add(LOOPBACK);
    await world.run(8000);
    for (const viewer of before) {
      expect(viewer.callsSince(fromMs, 'pause'), viewer.name).toBe(0);
      expect(viewer.callsSince(fromMs, 'seek'), viewer.name).toBe(0);
    }
    expect(Math.abs(newcomer.errorMs)).toBeLessThan(12);
    expect(newcomer.callsSince(fromMs, 'seek')).toBeLessThanOrEqual(2);
  });

  fact(
    'stands on one and the same frame after a pause, the one that was pressed on',
    async (room) => {
      const { world, server } = room;
      room.crowd(1);
      await world.run(4000);
      server.command('play', null, null);
      await world.run(world.between(3000, 9000));
      const presser = room.viewers[0];
      presser?.session.pause();
      const pressedAt = presser?.player.positionSeconds;
      expect(presser?.player.paused).toBe(true);
      await world.run(3000);
      for (const viewer of room.viewers) {
        expect(viewer.player.paused, viewer.name).toBe(true);
        expect(viewer.player.positionSeconds, viewer.name).toBeCloseTo(pressedAt ?? Number.NaN, 3);
      }
    },
  );

  fact('plays on while the server is away, and does not jump when it is back', async (room) => {
    const { world, server, viewers } = room;
    room.crowd(0.3);
    await world.run(3000);
    server.command('play', null, null);
    await world.run(10_000);
    const fromMs = world.nowMs;
    server.up = false;
    server.cutAll();
    await world.run(world.between(2000, 30_000));
    for (const viewer of viewers) expect(viewer.session.connection.state).toBe('reconnecting');
    server.up = true;
    await world.run(20_000);
    viewers.forEach((viewer, v) => {
      expect(viewer.session.connection.state).toBe('open');
      for (const call of ['pause', 'seek', 'load']) {
        expect(viewer.callsSince(fromMs, call), `${viewer.name} ${call}`).toBe(0);
      }
      expect(Math.abs(viewer.errorMs)).toBeLessThan(allowedMs(room.lines[v] ?? LOOPBACK));
    });
  });

  fact(
    'takes a laptop that slept back into step, whatever its clock did meanwhile',
    async (room) => {
      const { world, server } = room;
      const sleeper = room.add(LOOPBACK);
      const other = room.add(LOOPBACK);
      await world.run(3000);
      server.command('play', null, null);
      await world.run(6000);
      const fromMs = world.nowMs;
      sleeper.sleep(world.between(6000, 120_000), world.chance() < 0.5);
      await world.run(140_000);
      expect(Math.abs(sleeper.errorMs)).toBeLessThan(10);
      expect(sleeper.callsSince(fromMs, 'seek')).toBeLessThanOrEqual(4);
      expect(other.callsSince(fromMs, 'seek')).toBe(0);
    },
  );

  fact(
    'holds a background tab within half a second, and exact once it is looked at',
    async (room) => {
      const { world, server } = room;
      const viewer = room.add(LOOPBACK);
      await world.run(3000);
      server.command('play', null, null);
      await world.run(3000);
      viewer.setHidden(true);
      await world.run(10_000);
      viewer.player.hiccup(world.between(-0.2, 0.2));
      await world.run(20_000);
      expect(Math.abs(viewer.errorMs)).toBeLessThan(60);
      viewer.setHidden(false);
      await world.run(6000);
      expect(Math.abs(viewer.errorMs)).toBeLessThan(8);
    },
  );

  fact('agrees again after everybody pressed everything', async (room) => {
    const { world, viewers, lines } = room;
    room.crowd(0.5);
    await world.run(4000);
    for (let i = 0; i < 25; i += 1) {
      const presser = viewers[Math.floor(world.chance() * viewers.length)];
      const dice = world.chance();
      if (dice < 0.3) presser?.session.play();
      else if (dice < 0.55) presser?.session.pause();
      else if (dice < 0.9) presser?.session.seek(world.between(0, 500));
      else presser?.session.setRate(world.chance() < 0.5 ? 1 : 1.5);
      await world.run(world.between(20, 2500));
    }
    viewers[0]?.session.setRate(1);
    await world.run(1000);
    viewers[0]?.session.play();
    await world.run(15_000);
    viewers.forEach((viewer, v) => {
      expect(viewer.player.paused, viewer.name).toBe(false);
      expect(Math.abs(viewer.errorMs), viewer.name).toBeLessThan(allowedMs(lines[v] ?? LOOPBACK));
      expect(viewer.session.pending, viewer.name).toBe(null);
    });
  });

  fact('keeps step at another speed, where pitch correction eats film', async (room) => {
    const { world, server, viewers } = room;
    room.crowd(0);
    await world.run(3000);
    server.command('rate', 1.25, null);
    server.command('play', null, null);
    await world.run(10_000);
    const fromMs = world.nowMs;
    for (const worst of await room.worstOver(20_000)) expect(worst).toBeLessThan(45);
    for (const viewer of viewers) {
      expect(viewer.callsSince(fromMs, 'rate')).toBeLessThanOrEqual(4);
    }
  });

  fact('moves to a lower rung before the film stalls', async (room) => {
    const { world, server } = room;
    const viewer = room.add(LOOPBACK);
    await world.run(3000);
    viewer.player.capRung(null);
    server.command('play', null, null);
    await world.run(8000);
    viewer.player.change({ bitsPerSecond: world.between(500_000, 900_000) });
    const fromMs = world.nowMs;
    await world.run(200_000);
    expect(viewer.callsSince(fromMs, 'cap 0')).toBeGreaterThanOrEqual(1);
    expect(viewer.session.sync.view.actions.filter(({ kind }) => kind === 'stall')).toEqual([]);
    expect(Math.abs(viewer.errorMs)).toBeLessThan(10);
  });

  fact('does not chase what a line cannot carry', async (room) => {
    const { world, server } = room;
    const poor = room.add(LOOPBACK, { bitsPerSecond: world.between(150_000, 350_000) });
    const other = room.add(LOOPBACK);
    await world.run(20_000);
    server.command('play', null, null);
    await world.run(20_000);
    const fromMs = world.nowMs;
    await world.run(60_000);
    expect(poor.callsSince(fromMs, 'seek')).toBeLessThanOrEqual(12);
    expect(Math.abs(other.errorMs)).toBeLessThan(10);
    expect(other.callsSince(fromMs, 'pause')).toBe(0);
  });

  fact('loses and doubles no chat line over drops', async (room) => {
    const { world, server, viewers } = room;
    room.crowd(0.5);
    await world.run(3000);
    const said: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      const text = `line ${String(i)}`;
      said.push(text);
      viewers[i % viewers.length]?.session.chat.send(text);
      if (world.chance() < 0.3) server.cutAll();
      await world.run(world.between(10, 1500));
    }
    await world.run(30_000);
    expect([...server.chat].sort()).toEqual([...said].sort());
    for (const { session } of viewers) {
      const own = session.chat.messages.filter((entry) => entry.own);
      expect(own.every((entry) => entry.status === 'sent')).toBe(true);
      expect(new Set(session.chat.messages.map((entry) => entry.text)).size).toBe(
        session.chat.messages.length,
      );
    }
  });
});

describe('the simulation', () => {
  it('plays the same seed the same way', async () => {
    const trace = async (): Promise<string> => {
      const room = new Scene(7);
      room.crowd(1);
      await room.world.run(3000);
      room.server.command('play', null, null);
      await room.world.run(20_000);
      const told = room.viewers.map(({ player }) => player.calls);
      room.end();
      return JSON.stringify(told);
    };
    expect(await trace()).toBe(await trace());
  });
});
