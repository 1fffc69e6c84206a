/** Which film the player holds, and when it has to be fetched (again). */
import type { Player } from '../player';
import type { QueueItem } from '../protocol';

/** The film that belongs to a queue item. */
export interface Film {
  readonly item: string;
  /** Null while there is nothing to play yet. */
  readonly master: string | null;
  /** Film exists up to here; the rest is still being made. */
  readonly playableUntilSeconds: number;
  readonly complete: boolean;
}

export function filmOf(item: QueueItem | null): Film | null {
  if (item === null) return null;
  return {
    item: item.id,
    master: item.master,
    playableUntilSeconds: item.playable_until,
    complete: item.status === 'ready',
  };
}

/** The end of what there is; NaN while nobody knows. */
export function endSeconds(player: Player | null, film: Film | null): number {
  if (film !== null && !film.complete) return film.playableUntilSeconds;
  return player?.durationSeconds ?? Number.NaN;
}

/** Decoders hold pictures back until they have seen more: up to here there surely is one. */
const LAST_PICTURE_SECONDS = 1;

/** The furthest that one may go from `fromSeconds`: to a picture, while the film is being made. */
export function furthestSeconds(film: Film | null, fromSeconds: number): number {
  if (film === null || film.complete) return Number.POSITIVE_INFINITY;
  return Math.max(fromSeconds, film.playableUntilSeconds - LAST_PICTURE_SECONDS);
}

/** A film that failed is fetched anew after this time. */
const RELOAD_MS = 5000;
const END_SECONDS = 0.05;

/** The room's film is over, and so is ours: there is nothing to catch up with. */
export function isPastEnd(player: Player, film: Film | null, positionSeconds: number): boolean {
  const end = player.durationSeconds;
  if (film?.complete !== true || !Number.isFinite(end)) return false;
  return positionSeconds >= end - END_SECONDS && (player.ended || player.paused);
}

export class FilmSlot {
  #item: string | null = null;
  #url: string | null = null;
  #failedMs: number | null = null;

  /** The player holds the film of this item, and knows what it is. */
  holds(player: Player, item: string | null | undefined): boolean {
    return player.loaded && this.#item !== null && this.#item === item;
  }

  failed(nowMs: number): void {
    this.#failedMs = nowMs;
  }

  forget(): void {
    this.#item = null;
    this.#url = null;
    this.#failedMs = null;
  }

  empty(player: Player): void {
    if (this.#item !== null) player.unload();
    this.forget();
  }

  /** Loads a film that can be played and is not held yet. True if it did. */
  fill(player: Player, film: Film | null, startSeconds: number, nowMs: number): boolean {
    if (film?.master == null || film.playableUntilSeconds <= 0) return false;
    // A new capability for the film that plays is no reason to load it again, unless it failed.
    const again =
      this.#failedMs !== null && (nowMs - this.#failedMs > RELOAD_MS || this.#url !== film.master);
    if (this.#item === film.item && !again) return false;
    this.#item = film.item;
    this.#url = film.master;
    this.#failedMs = null;
    player.load({ url: film.master, startSeconds });
    return true;
  }
}
