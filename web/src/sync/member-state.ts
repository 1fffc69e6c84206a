/** What a viewer tells the room about itself. Pure. */
import type { MemberState } from '../protocol';

export type ReportedState = Exclude<MemberState, 'joining'>;

export interface Condition {
  readonly nowMs: number;
  /** The timeline wants the film to run. */
  readonly wanted: boolean;
  readonly ended: boolean;
  /** The media clock runs. */
  readonly running: boolean;
  readonly hidden: boolean;
  /** The browser refuses to play before a gesture. */
  readonly refused: boolean;
  readonly bufferedAheadSeconds: number;
  /** Nothing more can be buffered: the film's end, or the end of what exists so far. */
  readonly bufferedToEnd: boolean;
}

/** A shorter interruption is a seek or a hiccup and not worth a word to the room. */
const STALL_AFTER_MS = 300;
/** Running again only counts with some reserve, or after a while: no flapping. */
const RECOVERED_SECONDS = 2;
const RECOVERED_MS = 1500;

/** Turns the player's condition into a state that does not flap. */
export class MemberStateWatch {
  #state: ReportedState = 'paused';
  #stuckSinceMs: number | null = null;
  #runningSinceMs: number | null = null;

  get state(): ReportedState {
    return this.#state;
  }

  update(now: Condition): ReportedState {
    this.#state = this.#next(now);
    return this.#state;
  }

  #next(now: Condition): ReportedState {
    if (now.ended) return this.#rest('ended');
    if (!now.wanted) return this.#rest('paused');
    // Nobody should wait for someone who has to press a button first, or whose tab is asleep.
    if (now.refused) return this.#rest('away');
    if (now.running) {
      this.#stuckSinceMs = null;
      this.#runningSinceMs ??= now.nowMs;
      const safe =
        now.bufferedToEnd ||
        now.bufferedAheadSeconds >= RECOVERED_SECONDS ||
        now.nowMs - this.#runningSinceMs >= RECOVERED_MS;
      return this.#state === 'buffering' && !safe ? 'buffering' : 'playing';
    }
    this.#runningSinceMs = null;
    this.#stuckSinceMs ??= now.nowMs;
    if (now.nowMs - this.#stuckSinceMs < STALL_AFTER_MS) return this.#state;
    return now.hidden ? 'away' : 'buffering';
  }

  #rest(state: ReportedState): ReportedState {
    this.#stuckSinceMs = null;
    this.#runningSinceMs = null;
    return state;
  }
}
