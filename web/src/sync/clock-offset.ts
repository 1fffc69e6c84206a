/**
 * Estimates room time from our own monotonic clock. Pure: every instant is an argument.
 *
 * A question sent at t0 arrives at t1, the answer leaves at t2 and arrives at t3. Since nothing
 * arrives before it is sent, the offset (room − own) lies between t2 − t3 and t1 − t0. Each sample
 * narrows the interval from both sides on its own, so the quickest way out and the quickest way
 * back need not belong to the same sample; bounds loosen with age, because two clocks run at
 * slightly different speeds. The estimate stays in the interval, the interval is the uncertainty.
 * An empty interval means that a clock jumped: then only the newest sample counts.
 */

export interface ClockSample {
  /** Own clock, ms. */
  readonly sentMs: number;
  /** Room time, µs. */
  readonly serverReceivedUs: number;
  readonly serverSentUs: number;
  /** Own clock, ms. */
  readonly receivedMs: number;
}

export interface ClockEstimate {
  /** roomUs = ownMs · 1000 + offsetUs. */
  readonly offsetUs: number;
  /** The true offset is at most this far away. */
  readonly uncertaintyMs: number;
}

/** What one sample changed. */
export type SampleVerdict = 'first' | 'kept' | 'jump' | 'refused';

/** How far apart two clocks may run: 60 µs a second is more than quartz does. */
const MAX_SKEW = 60e-6;
/** Timestamps are rounded: browsers coarsen theirs to 100 µs. */
const ROUNDING_US = 200;
/** Older bounds are too loose to tell anything. */
const MAX_AGE_MS = 90_000;
const MAX_SAMPLES = 64;
/** A longer round trip says more about the network than about the clock. */
const MAX_ROUND_TRIP_MS = 10_000;
/** Below this many samples the estimate jumps to the middle; then it glides. */
const SETTLED_SAMPLES = 8;
const GLIDE = 0.25;

interface Bounds {
  readonly atMs: number;
  readonly lowUs: number;
  readonly highUs: number;
}

interface Interval {
  readonly lowUs: number;
  readonly highUs: number;
}

export class ClockOffset {
  #bounds: Bounds[] = [];
  #offsetUs: number | null = null;
  #roundTripMs = Number.POSITIVE_INFINITY;

  /** Takes one answered question. */
  add(sample: ClockSample): SampleVerdict {
    const turnaroundMs = (sample.serverSentUs - sample.serverReceivedUs) / 1000;
    const roundTripMs = sample.receivedMs - sample.sentMs - turnaroundMs;
    if (turnaroundMs < 0 || !(roundTripMs > -1 && roundTripMs < MAX_ROUND_TRIP_MS)) {
      return 'refused';
    }
    const newest: Bounds = {
      atMs: sample.receivedMs,
      lowUs: sample.serverSentUs - sample.receivedMs * 1000 - ROUNDING_US,
      highUs: sample.serverReceivedUs - sample.sentMs * 1000 + ROUNDING_US,
    };
    const nowMs = sample.receivedMs;
    this.#bounds = this.#bounds.filter((old) => nowMs - old.atMs <= MAX_AGE_MS);
    this.#bounds.push(newest);
    if (this.#bounds.length > MAX_SAMPLES) this.#bounds.shift();

    let interval = this.#interval(nowMs);
    const jumped = interval.lowUs > interval.highUs;
    if (jumped) {
      this.#bounds = [newest];
      interval = newest;
      this.#roundTripMs = roundTripMs;
    } else {
      this.#roundTripMs = Math.min(this.#roundTripMs, roundTripMs);
    }
    const first = this.#offsetUs === null;
    this.#offsetUs = this.#place(interval);
    if (first) return 'first';
    return jumped ? 'jump' : 'kept';
  }

  /** Null until the first answer; from then on never null again. */
  estimateAt(nowMs: number): ClockEstimate | null {
    if (this.#offsetUs === null) return null;
    const { lowUs, highUs } = this.#interval(nowMs);
    const farthestUs = Math.max(highUs - this.#offsetUs, this.#offsetUs - lowUs, 0);
    return { offsetUs: this.#offsetUs, uncertaintyMs: farthestUs / 1000 };
  }

  /** Room time in µs at an instant of our own clock; null until the first answer. */
  roomUs(nowMs: number): number | null {
    return this.#offsetUs === null ? null : nowMs * 1000 + this.#offsetUs;
  }

  /** The quickest round trip since the last jump, ms. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /**
   * Our clock may have stood still (sleep): what was measured before says nothing any more. The
   * estimate itself is kept until an answer comes; it is the best there is.
   */
  suspect(): void {
    this.#bounds = [];
  }

  #interval(nowMs: number): Interval {
    let lowUs = Number.NEGATIVE_INFINITY;
    let highUs = Number.POSITIVE_INFINITY;
    for (const bound of this.#bounds) {
      const looseUs = Math.max(0, nowMs - bound.atMs) * 1000 * MAX_SKEW;
      lowUs = Math.max(lowUs, bound.lowUs - looseUs);
      highUs = Math.min(highUs, bound.highUs + looseUs);
    }
    return { lowUs, highUs };
  }

  /** Near the middle of the interval, without a leap where a glide will do. */
  #place({ lowUs, highUs }: Interval): number {
    const middleUs = (lowUs + highUs) / 2;
    if (this.#offsetUs === null || this.#bounds.length < SETTLED_SAMPLES) return middleUs;
    const inside = Math.min(highUs, Math.max(lowUs, this.#offsetUs));
    return inside + (middleUs - inside) * GLIDE;
  }
}

/** Eight questions quickly, then one every few seconds. */
const QUICK_SAMPLES = 8;
const QUICK_INTERVAL_MS = 80;
const STEADY_INTERVAL_MS = 3000;

/** How long to wait before asking again, given how many were asked since the burst began. */
export function clockQuestionDelayMs(askedInBurst: number): number {
  return askedInBurst < QUICK_SAMPLES ? QUICK_INTERVAL_MS : STEADY_INTERVAL_MS;
}
