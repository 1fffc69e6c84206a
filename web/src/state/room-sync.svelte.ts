/** How well we are in step, for the badge: measured, judged, and what was done about it. */
import { judgeSync, type ClockEstimate } from '../sync';
import type { RoomPlayback } from './room-playback';
import type { SyncAction, SyncView } from './room-types';

const ACTIONS_KEPT_MS = 60_000;
const NO_SYNC: SyncView = {
  offsetMs: null,
  uncertaintyMs: null,
  roundTripMs: null,
  bufferSeconds: 0,
  rung: null,
  actions: [],
  level: 'fair',
  why: 'measuring',
};

export interface SyncSources {
  readonly nowMs: number;
  readonly film: RoomPlayback;
  readonly estimate: ClockEstimate | null;
  readonly roundTripMs: number;
  readonly connected: boolean;
}

export class RoomSync {
  view = $state.raw<SyncView>(NO_SYNC);
  #actions: readonly SyncAction[] = [];

  acted(kind: SyncAction['kind'], amountMs: number, atMs: number): void {
    this.#forgetOld(atMs);
    this.#actions = [...this.#actions, { atMs, kind, amountMs }];
  }

  show({ nowMs, film, estimate, roundTripMs, connected }: SyncSources): void {
    this.#forgetOld(nowMs);
    const clockKnown = estimate !== null && Number.isFinite(estimate.uncertaintyMs);
    const offsetMs = film.wanted ? film.driftMs : null;
    this.view = {
      offsetMs,
      uncertaintyMs: clockKnown ? estimate.uncertaintyMs : null,
      roundTripMs: clockKnown ? roundTripMs : null,
      bufferSeconds: film.bufferSeconds,
      rung: film.rungLabel,
      actions: this.#actions,
      ...judgeSync({
        driftMs: offsetMs,
        clockKnown,
        connected,
        wanted: film.wanted,
        stalled: film.stalled,
        refused: film.refused,
        hidden: film.hidden,
      }),
    };
  }

  #forgetOld(nowMs: number): void {
    if (this.#actions.every((one) => nowMs - one.atMs < ACTIONS_KEPT_MS)) return;
    this.#actions = this.#actions.filter((one) => nowMs - one.atMs < ACTIONS_KEPT_MS);
  }
}
