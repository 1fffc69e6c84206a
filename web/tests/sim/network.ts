/** A line between a viewer and the server: late, uneven, and in order as TCP delivers. */
import type { World } from './world';

export interface LineTraits {
  /** Both ways together, without jitter. */
  readonly roundTripMs: number;
  /** Share of the round trip that the way to the server takes. */
  readonly upShare: number;
  /** Added per message, from nothing to this. */
  readonly jitterMs: number;
  /** Probability that a message is lost and everything behind it waits for it to be sent again. */
  readonly loss: number;
}

export const LOOPBACK: LineTraits = { roundTripMs: 1, upShare: 0.5, jitterMs: 1, loss: 0 };

/** One direction of one connection. */
export class Way {
  readonly #world: World;
  readonly #delayMs: number;
  readonly #traits: LineTraits;
  #lastMs = 0;

  constructor(world: World, traits: LineTraits, delayMs: number) {
    this.#world = world;
    this.#traits = traits;
    this.#delayMs = delayMs;
  }

  carry(deliver: () => void): void {
    const { jitterMs, loss, roundTripMs } = this.#traits;
    let atMs = this.#world.nowMs + this.#delayMs + this.#world.chance() * jitterMs;
    // TCP sends again after about a round trip at best, a fifth of a second at worst.
    if (this.#world.chance() < loss) atMs += Math.max(200, roundTripMs * 1.5);
    this.#lastMs = Math.max(atMs, this.#lastMs);
    this.#world.at(this.#lastMs, deliver);
  }
}
