/**
 * Keeps one media element in step with the room. Pure: no DOM, no timers, no clock reads.
 *
 * It looks for a while, then makes one exact pulse of playback rate (or one seek), waits until
 * that has worked, and looks again. It never steers continuously: setting a rate takes effect
 * late, and a controller that does not wait for its own effect oscillates.
 */
import { bufferedAhead, type TimeRange } from './buffered';
import { LearnedLatency, PLAY_LATENCY, SEEK_LATENCY } from './latency';
import { clamp, median } from './statistics';

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

export type SeekReason = 'far' | 'resync' | 'unbuffered';

export type Correction =
  | { readonly kind: 'none' }
  /** Set this rate now; call `step` again at `untilMs`, null if it is to stay. */
  | { readonly kind: 'rate'; readonly rate: number; readonly untilMs: number | null }
  | { readonly kind: 'seek'; readonly toSeconds: number; readonly reason: SeekReason };

const NONE: Correction = { kind: 'none' };

/** Looks that make one judgement, and how long they last at least. */
const LOOKS = 6;
const LOOK_MS = 280;
const HIDDEN_LOOKS = 2;

const DEAD_BAND_LEAST_MS = 2;
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
const AFTER_SEEK_MS = 300;
const AFTER_PLAY_MS = 200;

/** Beyond this a jump disturbs less than a long time of wrong speed. */
const SEEK_BEYOND_MS = 150;
const SEEK_BEYOND_HIDDEN_MS = 400;
/** Film that must lie ready behind the place that we jump to. */
const SEEK_NEEDS_SECONDS = 0.4;
/** Behind by more than this, film that is not there yet is fetched rather than waited for. */
const FETCH_BEYOND_MS = 3000;
const FIRST_COOL_DOWN_MS = 1500;
const LONGEST_COOL_DOWN_MS = 24_000;
/** A seek after so long without one counts as the first again. */
const COOL_DOWN_FORGOTTEN_MS = 30_000;
/** Speeding up with less than this ahead would only bring the stall forward. */
const SPEED_UP_NEEDS_SECONDS = 1;

/** Corrections that change sign again and again mean noise: the dead band grows for a while. */
const NOISE_WINDOW_MS = 20_000;
const NOISE_REVERSALS = 3;
const NOISE_DEAD_BAND_MS = 10;

type Landing = 'none' | 'play' | 'seek';

export class DriftController {
  readonly playLatency = new LearnedLatency(PLAY_LATENCY);
  readonly seekLatency = new LearnedLatency(SEEK_LATENCY);

  #errorsMs: number[] = [];
  #lookSinceMs = 0;
  #quietUntilMs = 0;
  #pulseEndsMs: number | null = null;
  #landing: Landing = 'none';
  #doubt = 0;
  #coolUntilMs = Number.NEGATIVE_INFINITY;
  #coolDownMs = FIRST_COOL_DOWN_MS;
  #lastSeekMs = Number.NEGATIVE_INFINITY;
  #seekWanted = false;
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

  /** `play()` was called at the right moment for it: the landing teaches the latency. */
  playIssued(nowMs: number): void {
    this.#forgetLooks(nowMs + this.playLatency.valueMs + AFTER_PLAY_MS);
    this.#landing = 'play';
  }

  /** Somebody seeked (a scheduled seek, or `step` asked for it). */
  seekIssued(nowMs: number, teaches: boolean): void {
    this.#forgetLooks(nowMs + AFTER_SEEK_MS);
    this.#landing = teaches ? 'seek' : 'none';
  }

  /** The timeline changed or the film did: what was seen before says nothing any more. */
  restart(nowMs: number): void {
    this.#forgetLooks(nowMs);
    this.#landing = 'none';
    this.#driftMs = null;
  }

  /** The viewer asked to be put right now, whatever the cool-down says. */
  resync(): void {
    this.#seekWanted = true;
    this.#coolDownMs = FIRST_COOL_DOWN_MS;
    this.#coolUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Call about every 50 ms, and at `untilMs` of a rate correction. */
  step(reading: DriftReading): Correction {
    const { nowMs } = reading;
    if (!reading.running) {
      const wasPulsing = this.#pulseEndsMs !== null;
      this.#forgetLooks(Math.max(nowMs + AFTER_SEEK_MS, this.#quietUntilMs));
      return wasPulsing ? this.#backToRoomRate(reading) : NONE;
    }
    if (this.#pulseEndsMs !== null) {
      if (nowMs < this.#pulseEndsMs) return NONE;
      this.#forgetLooks(nowMs + AFTER_PULSE_MS);
      return this.#backToRoomRate(reading);
    }
    if (nowMs < this.#quietUntilMs) return NONE;
    const errorMs = this.#look(reading);
    if (errorMs === null) return NONE;
    this.#driftMs = errorMs;
    this.#teach(errorMs);
    return this.#judge(reading, errorMs);
  }

  #backToRoomRate(reading: DriftReading): Correction {
    return { kind: 'rate', rate: reading.roomRate, untilMs: null };
  }

  #forgetLooks(quietUntilMs: number): void {
    this.#errorsMs = [];
    this.#pulseEndsMs = null;
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
    if (this.#landing === 'play') this.playLatency.learn(errorMs);
    if (this.#landing === 'seek') this.seekLatency.learn(errorMs);
    this.#landing = 'none';
  }

  #judge(reading: DriftReading, errorMs: number): Correction {
    const sizeMs = Math.abs(errorMs);
    const deadBandMs = this.#deadBandMs(reading);
    if (this.#seekWanted && sizeMs > deadBandMs) {
      const seek = this.#seekTo(reading, errorMs, 'resync');
      if (seek !== null) return seek;
    }
    this.#seekWanted = false;
    if (sizeMs <= deadBandMs) {
      this.#doubt = 0;
      return NONE;
    }
    const seekBeyondMs = reading.hidden ? SEEK_BEYOND_HIDDEN_MS : SEEK_BEYOND_MS;
    if (sizeMs > seekBeyondMs && reading.nowMs >= this.#coolUntilMs) {
      const seek = this.#seekTo(reading, errorMs, 'far');
      if (seek !== null) return seek;
    }
    if (sizeMs < DOUBT_MS && this.#doubt !== Math.sign(errorMs)) {
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

  /** A seek if it can land well: into what is buffered, or, far behind, into what must be fetched. */
  #seekTo(reading: DriftReading, errorMs: number, reason: SeekReason): Correction | null {
    const { nowMs, targetSeconds, roomRate } = reading;
    const toSeconds = targetSeconds + (roomRate * this.seekLatency.valueMs) / 1000;
    const ready = bufferedAhead(reading.buffered, toSeconds) >= SEEK_NEEDS_SECONDS;
    if (!ready && Math.abs(errorMs) < FETCH_BEYOND_MS) return null;
    const again = nowMs - this.#lastSeekMs < COOL_DOWN_FORGOTTEN_MS;
    this.#coolDownMs = again
      ? Math.min(LONGEST_COOL_DOWN_MS, this.#coolDownMs * 2)
      : FIRST_COOL_DOWN_MS;
    this.#lastSeekMs = nowMs;
    this.#coolUntilMs = nowMs + this.#coolDownMs;
    this.#seekWanted = false;
    this.seekIssued(nowMs, ready);
    return { kind: 'seek', toSeconds, reason: ready ? reason : 'unbuffered' };
  }

  #pulseFor(reading: DriftReading, errorMs: number): Correction {
    const { nowMs, roomRate } = reading;
    const behind = errorMs < 0;
    const ahead = bufferedAhead(reading.buffered, reading.positionSeconds);
    if (behind && ahead < SPEED_UP_NEEDS_SECONDS) return NONE;

    let filmMs = Math.abs(errorMs);
    if (roomRate !== 1) filmMs += behind ? PITCH_LOSS_MS : -PITCH_LOSS_MS;
    const wallMs = Math.max(1, filmMs / roomRate);
    let change = clamp(wallMs / PULSE_MS, LEAST_CHANGE, MOST_CHANGE);
    let lastsMs = Math.min(wallMs / change, LONGEST_PULSE_MS);
    if (reading.hidden) {
      // Timers fire about once a second: a whole number of seconds is what can be kept.
      lastsMs = Math.max(1000, Math.ceil(wallMs / MOST_CHANGE / 1000) * 1000);
      lastsMs = Math.min(lastsMs, LONGEST_PULSE_MS);
      change = Math.min(MOST_CHANGE, wallMs / lastsMs);
    }
    this.#noteSign(nowMs, Math.sign(errorMs), Math.abs(errorMs));
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
