/** Puts a standing picture exactly where everybody's stands. */
import type { Player } from '../player';

/** Closer than this it is exact: less than any frame. */
const EXACT_SECONDS = 0.0005;
/** Tries to put it exactly; some places cannot be reached. */
const MOST_PLACINGS = 4;

export class Standing {
  /** Stamp of the timeline that the player was last brought to, and the tries it took. */
  #stamp: string | null = null;
  #placings = 0;
  /** The frame on screen is that of the place. */
  #framed = true;

  isAt(stamp: string | undefined): boolean {
    return this.#stamp === stamp;
  }

  /** The player follows this timeline from here on. */
  follow(stamp: string): void {
    if (this.#stamp === stamp) return;
    this.#stamp = stamp;
    this.#placings = 0;
  }

  forget(): void {
    this.#stamp = null;
    this.#framed = true;
  }

  /**
   * The film is to run. Where it will be paused, the picture may be a frame ahead of its clock, so
   * that even who stands at the right place has to be put there.
   */
  leave(stamp: string): void {
    this.follow(stamp);
    this.#framed = false;
  }

  tryAgain(): void {
    this.#placings = 0;
  }

  place(player: Player, positionSeconds: number): void {
    if (player.seeking || this.#placings >= MOST_PLACINGS) return;
    const there = Math.abs(player.positionSeconds - positionSeconds) <= EXACT_SECONDS;
    if (there && this.#framed) return;
    this.#placings += 1;
    this.#framed = true;
    player.seek(positionSeconds);
  }
}
