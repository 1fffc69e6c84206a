/** Watches how a player fares: what to report, when it is stuck, which rung it can bear. */
import type { Player, Rung } from '../player';
import { MemberStateWatch, RungAdvisor, type ReportedState } from '../sync';

export interface Circumstances {
  readonly nowMs: number;
  /** The film should run, and its start is not ahead. */
  readonly wanted: boolean;
  /** The player holds the film that is on. */
  readonly loaded: boolean;
  readonly hidden: boolean;
  readonly refused: boolean;
  readonly bufferedAheadSeconds: number;
  /** Where the film ends, or ends so far. */
  readonly endSeconds: number;
}

export type RungStep = 'lower_rung' | 'higher_rung';

/** How quickly a new measurement of throughput replaces the old ones. */
const THROUGHPUT_MEMORY = 0.3;
const NEAR_END_SECONDS = 0.5;

/** The media clock runs at this moment. */
export function isRunning(player: Player): boolean {
  return !player.paused && !player.seeking && player.canPlay && !player.ended;
}

export class RoomCondition {
  readonly #watch = new MemberStateWatch();
  #advisor = new RungAdvisor();
  #bitsPerSecond: number | null = null;
  #stalled = false;

  get state(): ReportedState {
    return this.#watch.state;
  }

  /** The film should run and does not. */
  get stalled(): boolean {
    return this.#stalled;
  }

  downloaded(bits: number, milliseconds: number): void {
    const measured = (bits / Math.max(1, milliseconds)) * 1000;
    const before = this.#bitsPerSecond ?? measured;
    this.#bitsPerSecond = before + (measured - before) * THROUGHPUT_MEMORY;
  }

  filmChanged(): void {
    this.#advisor = new RungAdvisor();
  }

  /** A jump empties the buffer; that is no sign of a weak line. */
  jumped(): void {
    this.#advisor.restart();
  }

  /** Returns a change of rung that was made. */
  observe(player: Player | null, now: Circumstances): RungStep | null {
    const film = now.loaded ? player : null;
    const running = film !== null && isRunning(film);
    const ended = film?.ended ?? false;
    const ahead = now.bufferedAheadSeconds;
    const toEnd =
      film !== null && film.positionSeconds + ahead >= now.endSeconds - NEAR_END_SECONDS;
    this.#stalled = now.wanted && film !== null && !running && !ended && !now.refused;
    this.#watch.update({
      nowMs: now.nowMs,
      wanted: now.wanted,
      ended,
      running,
      hidden: now.hidden,
      refused: now.refused,
      bufferedAheadSeconds: ahead,
      bufferedToEnd: toEnd,
    });
    return running ? this.#advise(film, now.nowMs, ahead, toEnd) : null;
  }

  #advise(player: Player, nowMs: number, ahead: number, toEnd: boolean): RungStep | null {
    const active = player.activeRung;
    if (active === null || player.chosenRung !== null) return null;
    const before = this.#advisor.cap;
    const ladder: readonly Rung[] = player.rungs;
    const advice = this.#advisor.step({
      nowMs,
      ladder: ladder.map((rung) => rung.bitsPerSecond),
      rung: ladder.findIndex((rung) => rung.id === active.id),
      bufferedAheadSeconds: ahead,
      bufferedToEnd: toEnd,
      running: true,
      bitsPerSecond: this.#bitsPerSecond,
    });
    if (advice === null) return null;
    const { cap } = advice;
    player.capRung(cap === null ? null : (ladder[cap]?.id ?? null));
    const lower = cap !== null && (before === null || cap < before);
    return lower ? 'lower_rung' : 'higher_rung';
  }
}
