/**
 * Keeps one media element in step with the room. Pure: no DOM, no timers, no clock reads.
 *
 * It looks for a while, then makes one exact pulse of playback rate (or one jump), waits until
 * that has worked, and looks again. It never steers continuously: setting a rate takes effect
 * late, and a controller that does not wait for its own effect oscillates.
 */
import { bufferedAhead, type TimeRange } from './buffered';
import { LearnedLatency, SEEK_LATENCY, StartLatency, type StartCondition } from './latency';
import { clamp, median } from './statistics';

export type JumpReason = 'far' | 'resync' | 'unbuffered';

/** One look at the player, taken together at `nowMs`. */
export interface DriftReading {
  readonly nowMs: number;
  readonly positionSeconds: number;
  /** Where the timeline wants it at `nowMs`. */
  readonly targetSeconds: number;
  readonly roomRate: number;
  /** The media clock runs: not paused, not seeking, not stalled, not ended. */
  readonly running: boolean;
  readonly buffered: readonly TimeRange[];
  /** Of the clock estimate. */
  readonly uncertaintyMs: number;
  /** The page is hidden: timers are coarse and nobody watches the picture. */
  readonly hidden: boolean;
}

export type Correction =
  /** Call `step` again at `againMs` the latest; null: at the usual pace. */
  | { readonly kind: 'none'; readonly againMs: number | null }
  /** Set this rate now; call `step` again at `untilMs`, null if it is to stay. */
  | { readonly kind: 'rate'; readonly rate: number; readonly untilMs: number | null }
  /** Land on the timeline anew: a seek, and a start at the right moment. */
  | { readonly kind: 'jump'; readonly reason: JumpReason };

const NONE: Correction = { kind: 'none', againMs: null };

/** Looks that make one judgement, and how long they last at least. */
const LOOKS = 6;
const LOOK_MS = 280;
const HIDDEN_LOOKS = 2;

/** Of four viewers who are each within it, the first and the last are 1.5 ms apart, measured; with 2: 3. */
const DEAD_BAND_LEAST_MS = 1;
const DEAD_BAND_MOST_MS = 4;
const DEAD_BAND_HIDDEN_MS = 30;
/** With pitch correction each excursion loses this much film, so small ones are not worth it. */
const PITCH_LOSS_MS = 21;
const DEAD_BAND_PITCH_MS = 30;
/** An error this small is looked at twice before it is believed. */
const DOUBT_MS = 8;

const LEAST_CHANGE = 0.005;
const MOST_CHANGE = 0.05;
/** A pulse is sized to last about this long, within the limits of change above. */
const PULSE_MS = 1200;
/** Longer ones are cut, to look again in between. */
const LONGEST_PULSE_MS = 6000;
/** Until a rate that was set back has taken effect. */
const AFTER_PULSE_MS = 150;
const AFTER_INTERRUPTION_MS = 300;
const AFTER_PLAY_MS = 120;

/** A clock that has just started is steady as soon as this many looks, so far apart, agree. */
const START_LOOKS = 4;
const START_LOOK_EVERY_MS = 15;
const START_AGREE_MS = 1;
/** From when it should run; after that it is looked at as usual. */
const START_FROM_MS = 15;
const START_TO_MS = 500;
/** What a start missed by is made up at once, while nobody has an ear for the pitch yet. */
const START_PULSE_MS = 100;
const START_MOST_CHANGE = 0.12;

/** Beyond this a jump disturbs less than a long time of wrong speed. */
const JUMP_BEYOND_MS = 150;
const JUMP_BEYOND_HIDDEN_MS = 400;
/** Film that must lie ready behind the place that we jump to. */
const JUMP_NEEDS_SECONDS = 0.4;
/** Behind by more than this, film that is not there yet is fetched rather than waited for. */
const FETCH_BEYOND_MS = 3000;
const FIRST_COOL_DOWN_MS = 1500;
const LONGEST_COOL_DOWN_MS = 24_000;
/** A jump after so long without one counts as the first again. */
const COOL_DOWN_FORGOTTEN_MS = 30_000;
/** Speeding up with less than this ahead would only bring the stall forward. */
const SPEED_UP_NEEDS_SECONDS = 1;

/** Corrections that change sign again and again mean noise: the dead band grows for a while. */
const NOISE_WINDOW_MS = 20_000;
const NOISE_REVERSALS = 3;
const NOISE_DEAD_BAND_MS = 10;

export class DriftController {
  readonly startLatency = new StartLatency();
  readonly seekLatency = new LearnedLatency(SEEK_LATENCY);

  #errorsMs: number[] = [];
  #lookSinceMs = 0;
  #quietUntilMs = 0;
  #pulseEndsMs: number | null = null;
  /** The first judgement after a start teaches its latency: what error was expected, ms. */
  #started: { readonly expectedMs: number; readonly latency: LearnedLatency } | null = null;
  /** A start that has not been judged: when the clock should run. */
  #startMs: number | null = null;
  #doubt = 0;
  #coolUntilMs = Number.NEGATIVE_INFINITY;
  #coolDownMs = FIRST_COOL_DOWN_MS;
  #lastJumpMs = Number.NEGATIVE_INFINITY;
  #jumpWanted = false;
  #reversals: number[] = [];
  #lastSign = 0;
  #driftMs: number | null = null;

  /** Position minus target at the last judgement; null while none could be made. */
  get driftMs(): number | null {
    return this.#driftMs;
  }

  /** True while a pulse changes the rate. */
  get correcting(): boolean {
    return this.#pulseEndsMs !== null;
  }

  /**
   * From the decision to jump to a running clock, for a film that has stood for `idleMs`. Ample: a
   * picture that is ready early waits for its moment, one that is late starts late.
   */
  jumpLatencyMs(idleMs: number): number {
    return this.seekLatency.ampleMs + this.startLatency.of({ sought: true, idleMs }).valueMs;
  }

  /**
   * `play()` was called under this condition, and should land `expectedMs` (negative: late) off
   * the timeline.
   */
  playIssued(nowMs: number, condition: StartCondition, expectedMs: number): void {
    const latency = this.startLatency.of(condition);
    const startMs = nowMs + Math.max(0, latency.valueMs);
    this.#forgetLooks(startMs + AFTER_PLAY_MS);
    this.#startMs = startMs;
    this.#started = { expectedMs, latency };
  }

  /** The timeline changed or the film did: what was seen before says nothing any more. */
  restart(nowMs: number): void {
    this.#forgetLooks(nowMs);
    this.#started = null;
    this.#driftMs = null;
  }

  /** The viewer asked to be put right now, whatever the cool-down says. */
  resync(): void {
    this.#jumpWanted = true;
    this.#coolDownMs = FIRST_COOL_DOWN_MS;
    this.#coolUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Call about every 50 ms, and at `untilMs` of a rate correction. */
  step(reading: DriftReading): Correction {
    const { nowMs } = reading;
    if (!reading.running) {
      const wasPulsing = this.#pulseEndsMs !== null;
      this.#started = null;
      this.#forgetLooks(Math.max(nowMs + AFTER_INTERRUPTION_MS, this.#quietUntilMs));
      return wasPulsing ? this.#backToRoomRate(reading) : NONE;
    }
    if (this.#pulseEndsMs !== null) {
      if (nowMs < this.#pulseEndsMs) return NONE;
      this.#forgetLooks(nowMs + AFTER_PULSE_MS);
      return this.#backToRoomRate(reading);
    }
    if (this.#startMs !== null) return this.#stepAtStart(reading, this.#startMs);
    if (nowMs < this.#quietUntilMs) return NONE;
    const errorMs = this.#look(reading);
    if (errorMs === null) return NONE;
    this.#driftMs = errorMs;
    this.#teach(errorMs);
    return this.#judge(reading, errorMs);
  }

  /**
   * From one start to the next the clock begins some 10 ms sooner or later, by the rhythm of the
   * sound device; from then on it is exact. So it is looked at quickly, and put right at once.
   */
  #stepAtStart(reading: DriftReading, startMs: number): Correction {
    const { nowMs } = reading;
    const fromMs = startMs + START_FROM_MS;
    if (reading.hidden || reading.roomRate !== 1 || nowMs > startMs + START_TO_MS) {
      this.#startMs = null;
      this.#errorsMs = [];
      return NONE;
    }
    if (nowMs < fromMs) return { kind: 'none', againMs: fromMs };
    const again: Correction = { kind: 'none', againMs: nowMs + START_LOOK_EVERY_MS };
    const lastMs = this.#lookSinceMs;
    if (this.#errorsMs.length > 0 && nowMs - lastMs < START_LOOK_EVERY_MS - 1) return again;
    this.#lookSinceMs = nowMs;
    this.#errorsMs.push((reading.positionSeconds - reading.targetSeconds) * 1000);
    const looks = this.#errorsMs.slice(-START_LOOKS);
    const apartMs = Math.max(...looks) - Math.min(...looks);
    if (looks.length < START_LOOKS || apartMs > START_AGREE_MS) return again;
    const errorMs = median(looks);
    this.#errorsMs = [];
    this.#driftMs = errorMs;
    this.#teach(errorMs);
    const correction = this.#judge(reading, errorMs);
    this.#startMs = null;
    return correction;
  }

  #backToRoomRate(reading: DriftReading): Correction {
    return { kind: 'rate', rate: reading.roomRate, untilMs: null };
  }

  #forgetLooks(quietUntilMs: number): void {
    this.#errorsMs = [];
    this.#pulseEndsMs = null;
    this.#startMs = null;
    this.#doubt = 0;
    this.#quietUntilMs = quietUntilMs;
  }

  /** The median error once enough was seen. */
  #look(reading: DriftReading): number | null {
    if (this.#errorsMs.length === 0) this.#lookSinceMs = reading.nowMs;
    this.#errorsMs.push((reading.positionSeconds - reading.targetSeconds) * 1000);
    const enough = reading.hidden ? HIDDEN_LOOKS : LOOKS;
    if (this.#errorsMs.length < enough || reading.nowMs - this.#lookSinceMs < LOOK_MS - 50) {
      return null;
    }
    const errorMs = median(this.#errorsMs);
    this.#errorsMs = [];
    return errorMs;
  }

  #teach(errorMs: number): void {
    this.#started?.latency.learn(this.#started.expectedMs - errorMs);
    this.#started = null;
  }

  #judge(reading: DriftReading, errorMs: number): Correction {
    const sizeMs = Math.abs(errorMs);
    const deadBandMs = this.#deadBandMs(reading);
    if (this.#jumpWanted && sizeMs > deadBandMs) {
      const jump = this.#jump(reading, errorMs, 'resync');
      if (jump !== null) return jump;
    }
    this.#jumpWanted = false;
    if (sizeMs <= deadBandMs) {
      this.#doubt = 0;
      return NONE;
    }
    const jumpBeyondMs = reading.hidden ? JUMP_BEYOND_HIDDEN_MS : JUMP_BEYOND_MS;
    if (sizeMs > jumpBeyondMs && reading.nowMs >= this.#coolUntilMs) {
      const jump = this.#jump(reading, errorMs, 'far');
      if (jump !== null) return jump;
    }
    const doubtful = sizeMs < DOUBT_MS && this.#startMs === null;
    if (doubtful && this.#doubt !== Math.sign(errorMs)) {
      this.#doubt = Math.sign(errorMs);
      return NONE;
    }
    return this.#pulseFor(reading, errorMs);
  }

  #deadBandMs(reading: DriftReading): number {
    let deadBandMs = clamp(reading.uncertaintyMs, DEAD_BAND_LEAST_MS, DEAD_BAND_MOST_MS);
    this.#reversals = this.#reversals.filter((atMs) => reading.nowMs - atMs < NOISE_WINDOW_MS);
    if (this.#reversals.length >= NOISE_REVERSALS) deadBandMs = NOISE_DEAD_BAND_MS;
    if (reading.roomRate !== 1) deadBandMs = Math.max(deadBandMs, DEAD_BAND_PITCH_MS);
    if (reading.hidden) deadBandMs = Math.max(deadBandMs, DEAD_BAND_HIDDEN_MS);
    return deadBandMs;
  }

  /** A jump if it can land well: into what is buffered or, far behind, what must be fetched. */
  #jump(reading: DriftReading, errorMs: number, reason: JumpReason): Correction | null {
    const { nowMs, targetSeconds, roomRate } = reading;
    const toSeconds = targetSeconds + (roomRate * this.jumpLatencyMs(0)) / 1000;
    const ready = bufferedAhead(reading.buffered, toSeconds) >= JUMP_NEEDS_SECONDS;
    if (!ready && Math.abs(errorMs) < FETCH_BEYOND_MS) return null;
    const again = nowMs - this.#lastJumpMs < COOL_DOWN_FORGOTTEN_MS;
    this.#coolDownMs = again
      ? Math.min(LONGEST_COOL_DOWN_MS, this.#coolDownMs * 2)
      : FIRST_COOL_DOWN_MS;
    this.#lastJumpMs = nowMs;
    this.#coolUntilMs = nowMs + this.#coolDownMs;
    this.#jumpWanted = false;
    this.#forgetLooks(nowMs + AFTER_INTERRUPTION_MS);
    return { kind: 'jump', reason: ready ? reason : 'unbuffered' };
  }

  #pulseFor(reading: DriftReading, errorMs: number): Correction {
    const { nowMs, roomRate } = reading;
    const behind = errorMs < 0;
    const ahead = bufferedAhead(reading.buffered, reading.positionSeconds);
    if (behind && ahead < SPEED_UP_NEEDS_SECONDS) return NONE;

    let filmMs = Math.abs(errorMs);
    if (roomRate !== 1) filmMs += behind ? PITCH_LOSS_MS : -PITCH_LOSS_MS;
    const wallMs = Math.max(1, filmMs / roomRate);
    const starts = this.#startMs !== null;
    let change = starts
      ? clamp(wallMs / START_PULSE_MS, LEAST_CHANGE, START_MOST_CHANGE)
      : clamp(wallMs / PULSE_MS, LEAST_CHANGE, MOST_CHANGE);
    let lastsMs = Math.min(wallMs / change, LONGEST_PULSE_MS);
    if (reading.hidden) {
      // Timers fire about once a second: a whole number of seconds is what can be kept.
      lastsMs = Math.max(1000, Math.ceil(wallMs / MOST_CHANGE / 1000) * 1000);
      lastsMs = Math.min(lastsMs, LONGEST_PULSE_MS);
      change = Math.min(MOST_CHANGE, wallMs / lastsMs);
    }
    if (!starts) this.#noteSign(nowMs, Math.sign(errorMs), Math.abs(errorMs));
    this.#errorsMs = [];
    this.#doubt = 0;
    this.#pulseEndsMs = nowMs + lastsMs;
    const rate = roomRate * (behind ? 1 + change : 1 - change);
    return { kind: 'rate', rate, untilMs: nowMs + lastsMs };
  }

  #noteSign(nowMs: number, sign: number, sizeMs: number): void {
    if (this.#lastSign !== 0 && sign !== this.#lastSign && sizeMs < NOISE_DEAD_BAND_MS) {
      this.#reversals.push(nowMs);
    }
    this.#lastSign = sign;
  }
}
