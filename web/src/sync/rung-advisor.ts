/** Moves a viewer to a lower rung before it stalls, and back up when there is room. Pure. */

export interface RungReading {
  readonly nowMs: number;
  /** Rungs from the lowest to the highest, bits per second. */
  readonly ladder: readonly number[];
  /** Index of the rung that is being fetched. */
  readonly rung: number;
  readonly bufferedAheadSeconds: number;
  readonly bufferedToEnd: boolean;
  readonly running: boolean;
  /** Measured; null while unknown. */
  readonly bitsPerSecond: number | null;
}

/** `cap`: go no higher than this index; null lifts the limit; undefined changes nothing. */
export type RungAdvice = { readonly cap: number | null } | null;

const LOW_SECONDS = 6;
const ALARM_SECONDS = 2.5;
/** Buffer lost per second of play that says: this will run dry. */
const FALLING = 0.25;
const LOOK_BACK_MS = 3000;
/** A rung must fit into this share of the measured throughput. */
const HEADROOM = 0.7;
const BETWEEN_STEPS_MS = 6000;
const COMFORT_SECONDS = 12;
const CALM_BEFORE_UP_MS = 20_000;

interface Level {
  readonly atMs: number;
  readonly seconds: number;
}

export class RungAdvisor {
  #levels: Level[] = [];
  #cap: number | null = null;
  #changedMs = Number.NEGATIVE_INFINITY;
  #calmSinceMs: number | null = null;

  get cap(): number | null {
    return this.#cap;
  }

  /** A seek empties the buffer; that is no sign of a weak line. */
  restart(): void {
    this.#levels = [];
    this.#calmSinceMs = null;
  }

  step(reading: RungReading): RungAdvice {
    const { nowMs, bufferedAheadSeconds: seconds } = reading;
    this.#levels.push({ atMs: nowMs, seconds });
    this.#levels = this.#levels.filter((level) => nowMs - level.atMs <= LOOK_BACK_MS);
    if (reading.ladder.length < 2 || reading.bufferedToEnd) return null;

    if (this.#threatened(reading)) {
      this.#calmSinceMs = null;
      return this.#down(reading);
    }
    if (seconds < COMFORT_SECONDS || !reading.running) {
      this.#calmSinceMs = null;
      return null;
    }
    this.#calmSinceMs ??= nowMs;
    return this.#up(reading, this.#calmSinceMs);
  }

  #threatened(reading: RungReading): boolean {
    const oldest = this.#levels[0];
    if (oldest === undefined) return false;
    const spanSeconds = (reading.nowMs - oldest.atMs) / 1000;
    if (spanSeconds < (LOOK_BACK_MS / 1000) * 0.6) return false;
    const lostPerSecond = (oldest.seconds - reading.bufferedAheadSeconds) / spanSeconds;
    if (reading.bufferedAheadSeconds < ALARM_SECONDS && lostPerSecond >= 0) return true;
    return reading.bufferedAheadSeconds < LOW_SECONDS && lostPerSecond > FALLING;
  }

  #down({ nowMs, ladder, rung, bitsPerSecond }: RungReading): RungAdvice {
    const from = Math.min(rung, this.#cap ?? rung);
    if (from <= 0 || nowMs - this.#changedMs < BETWEEN_STEPS_MS) return null;
    let to = from - 1;
    if (bitsPerSecond !== null) {
      while (to > 0 && (ladder[to] ?? 0) > bitsPerSecond * HEADROOM) to -= 1;
    }
    return this.#set(to, nowMs);
  }

  #up({ nowMs, ladder, bitsPerSecond }: RungReading, calmSinceMs: number): RungAdvice {
    if (this.#cap === null || nowMs - calmSinceMs < CALM_BEFORE_UP_MS) return null;
    const to = this.#cap + 1;
    const bits = ladder[to] ?? Number.POSITIVE_INFINITY;
    if (bitsPerSecond === null || bits > bitsPerSecond * HEADROOM) return null;
    this.#calmSinceMs = nowMs;
    return this.#set(to >= ladder.length - 1 ? null : to, nowMs);
  }

  #set(cap: number | null, nowMs: number): RungAdvice {
    this.#cap = cap;
    this.#changedMs = nowMs;
    return { cap };
  }
}
