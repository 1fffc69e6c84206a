/** Asks the server for the time and keeps the estimate, across drops and sleep. */
import type { ClockFrame } from '../protocol';
import { ClockOffset, clockQuestionDelayMs, type ClockEstimate } from '../sync';
import type { RoomPorts } from './room-ports';

/** Unanswered questions that are remembered. */
const MAX_OPEN = 16;

export class RoomClock {
  readonly #ports: Pick<RoomPorts, 'nowMs' | 'after'>;
  readonly #ask: (t0: number) => void;
  readonly #offset = new ClockOffset();
  /** Questions under way: t0 in µs → when asked in ms. */
  readonly #open = new Map<number, number>();
  #asked = 0;
  #stopTimer: (() => void) | null = null;

  constructor(ports: Pick<RoomPorts, 'nowMs' | 'after'>, ask: (t0: number) => void) {
    this.#ports = ports;
    this.#ask = ask;
  }

  /** The socket is ready: eight questions quickly, then one every few seconds. */
  start(): void {
    this.stop();
    this.#asked = 0;
    this.#askOnce();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    this.#open.clear();
  }

  /** Our own clock may have stood still: keep the estimate, but measure anew at once. */
  suspect(): void {
    this.#offset.suspect();
    if (this.#stopTimer !== null) this.start();
  }

  answered(frame: ClockFrame, receivedMs: number): void {
    const sentMs = this.#open.get(frame.t0);
    if (sentMs === undefined) return;
    this.#open.delete(frame.t0);
    const verdict = this.#offset.add({
      sentMs,
      serverReceivedUs: frame.t1,
      serverSentUs: frame.t2,
      receivedMs,
    });
    if (verdict === 'jump') this.start();
  }

  /** The welcome tells the time too: a first, coarse sample. */
  welcomed(helloSentMs: number, nowUs: number, receivedMs: number): void {
    this.#offset.add({
      sentMs: helloSentMs,
      serverReceivedUs: nowUs,
      serverSentUs: nowUs,
      receivedMs,
    });
  }

  /** How long the oldest open question has waited, 0 if none is open. */
  silenceMs(nowMs: number): number {
    for (const sentMs of this.#open.values()) return nowMs - sentMs;
    return 0;
  }

  roomUs(nowMs: number): number | null {
    return this.#offset.roomUs(nowMs);
  }

  /** When, by our own clock, a room time is; null while the offset is unknown. */
  ownMs(roomUs: number): number | null {
    const zero = this.#offset.roomUs(0);
    return zero === null ? null : (roomUs - zero) / 1000;
  }

  estimate(): ClockEstimate | null {
    return this.#offset.estimateAt(this.#ports.nowMs());
  }

  get roundTripMs(): number {
    return this.#offset.roundTripMs;
  }

  #askOnce(): void {
    const nowMs = this.#ports.nowMs();
    const t0 = Math.round(nowMs * 1000);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < MAX_OPEN) break;
      this.#open.delete(oldest);
    }
    this.#open.set(t0, t0 / 1000);
    this.#asked += 1;
    this.#ask(t0);
    this.#stopTimer = this.#ports.after(clockQuestionDelayMs(this.#asked), () => {
      this.#askOnce();
    });
  }
}
