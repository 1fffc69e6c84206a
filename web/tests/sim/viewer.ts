/** One viewer in virtual time: the real room session on a simulated line, clock and player. */
import { FakePlayer, type FakePlayerTraits } from '../../src/player/fake-player';
import { RoomSession } from '../../src/state/room.svelte';
import type { LineTraits } from './network';
import type { SimServer } from './server';
import type { World } from './world';

export interface ViewerTraits {
  readonly name: string;
  readonly line: LineTraits;
  /** How fast the clock runs against the server's, parts per million. */
  readonly clockPpm: number;
  /** How fast the sound device plays against the clock, parts per million. */
  readonly mediaPpm: number;
  readonly player: Partial<FakePlayerTraits>;
}

export class SimViewer {
  readonly name: string;
  readonly player: FakePlayer;
  readonly session: RoomSession;
  readonly #world: World;
  readonly #server: SimServer;
  readonly #traits: ViewerTraits;
  readonly #baseMs: number;
  #asleep = false;
  #hidden = false;
  /** Time that our clocks did not see. */
  #monotonicLostMs = 0;
  #mediaLostMs = 0;
  readonly #deferred: (() => void)[] = [];

  constructor(world: World, server: SimServer, traits: ViewerTraits) {
    this.name = traits.name;
    this.#world = world;
    this.#server = server;
    this.#traits = traits;
    this.#baseMs = world.between(0, 100_000);
    this.player = new FakePlayer(
      {
        nowMs: () => this.#mediaNowMs(),
        after: (delayMs, task) => this.#after(delayMs, task, false),
        chance: world.chance,
      },
      traits.player,
    );
    this.session = new RoomSession({
      join: () => Promise.resolve({ ok: true, ws: '/ws' }),
      openSocket: (_path, handlers) =>
        server.connect(traits.name, traits.line, {
          opened: () => {
            this.#awake(() => {
              handlers.opened();
            });
          },
          received: (data) => {
            this.#awake(() => {
              handlers.received(data);
            });
          },
          closed: (code) => {
            this.#awake(() => {
              handlers.closed(code);
            });
          },
        }),
      nowMs: () => this.nowMs(),
      wallMs: () => world.nowMs,
      after: (delayMs, task) => this.#after(delayMs, task, true),
      chance: world.chance,
    });
  }

  /** Opens the page. */
  join(): void {
    this.session.attach(this.player);
    this.session.start();
  }

  leave(): void {
    this.session.destroy();
    this.player.destroy();
  }

  nowMs(): number {
    const seen = this.#world.nowMs - this.#monotonicLostMs;
    return this.#baseMs + seen * (1 + this.#traits.clockPpm * 1e-6);
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.session.setHidden(hidden);
  }

  /** The lid is closed: nothing runs. `clockRuns`: the monotonic clock counts the time anyway. */
  sleep(forMs: number, clockRuns: boolean): void {
    this.#asleep = true;
    this.#world.after(forMs, () => {
      this.#asleep = false;
      this.#mediaLostMs += forMs;
      if (!clockRuns) this.#monotonicLostMs += forMs;
      for (const task of this.#deferred.splice(0)) task();
    });
  }

  /** Position minus what the server means at this very instant, ms. */
  get errorMs(): number {
    return (this.player.positionSeconds - this.#server.targetSeconds) * 1000;
  }

  /** Calls of the player since an instant of the world, by their first word. */
  callsSince(sinceWorldMs: number, word: string): number {
    const lost = this.#mediaLostMs;
    return this.player.calls.filter(
      ({ atMs, call }) =>
        this.#worldMsOfMedia(atMs) + lost >= sinceWorldMs && call.startsWith(word),
    ).length;
  }

  #mediaNowMs(): number {
    const seen = this.#world.nowMs - this.#mediaLostMs;
    return seen * (1 + (this.#traits.clockPpm + this.#traits.mediaPpm) * 1e-6);
  }

  #worldMsOfMedia(mediaMs: number): number {
    return mediaMs / (1 + (this.#traits.clockPpm + this.#traits.mediaPpm) * 1e-6);
  }

  #awake(task: () => void): void {
    if (this.#asleep) this.#deferred.push(task);
    else task();
  }

  /** Timers of a page: late by a little, by up to a second in the background, not at all asleep. */
  #after(delayMs: number, task: () => void, ofPage: boolean): () => void {
    let dueMs = this.#world.nowMs + Math.max(0, delayMs);
    if (ofPage) {
      dueMs += this.#world.chance() * 2;
      if (this.#hidden) dueMs = Math.ceil(dueMs / 1000) * 1000;
    }
    let cancelled = false;
    const cancel = this.#world.at(dueMs, () => {
      this.#awake(() => {
        if (!cancelled) task();
      });
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }
}
