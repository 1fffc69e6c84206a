/** Tells the room how we fare: once a second, and at once when the state changes. */
import type { ReportFrame } from '../protocol';
import type { RoomClock } from './room-clock';
import type { RoomPlayback } from './room-playback';

const REPORT_MS = 1000;

export class RoomReporter {
  readonly #clock: RoomClock;
  readonly #film: RoomPlayback;
  readonly #send: (frame: ReportFrame) => boolean;
  #sentMs = Number.NEGATIVE_INFINITY;
  #sentState = '';

  constructor(clock: RoomClock, film: RoomPlayback, send: (frame: ReportFrame) => boolean) {
    this.#clock = clock;
    this.#film = film;
    this.#send = send;
  }

  tick(nowMs: number): void {
    if (nowMs - this.#sentMs >= REPORT_MS - 50) this.report(nowMs);
  }

  stateChanged(nowMs: number): void {
    if (this.#film.state !== this.#sentState) this.report(nowMs);
  }

  report(nowMs: number): void {
    const film = this.#film;
    const roomUs = this.#clock.roomUs(nowMs);
    if (roomUs === null) return;
    const sent = this.#send({
      type: 'report',
      state: film.state,
      position: Math.max(0, film.positionSeconds),
      at_us: Math.round(roomUs),
      drift_ms: film.driftMs ?? 0,
      buffered_s: film.bufferSeconds,
      rung: film.rungLabel ?? '',
      jump_ms: Math.round(film.jumpLatencyMs),
    });
    if (!sent) return;
    this.#sentMs = nowMs;
    this.#sentState = film.state;
  }
}
