/** What this device takes to obey, learned from what it did. Pure. */
import { clamp } from './statistics';

export interface LatencyLimits {
  readonly firstMs: number;
  /** How far the first occasions may be from that. */
  readonly firstDeviationMs?: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** From a seek into buffered film to readiness; 30 to 90 ms in Chromium. */
export const SEEK_LATENCY: LatencyLimits = {
  firstMs: 90,
  firstDeviationMs: 60,
  leastMs: 10,
  mostMs: 600,
};

/** One occasion moves the estimate by this share of its error; outliers move it little. */
const GAIN = 0.3;
const MOST_AT_ONCE_MS = 40;
/** Two mean deviations more than usual are enough nine times in ten. */
const AMPLE_DEVIATIONS = 2;

export class LearnedLatency {
  readonly #limits: LatencyLimits;
  #valueMs: number;
  #deviationMs: number;

  constructor(limits: LatencyLimits) {
    this.#limits = limits;
    this.#valueMs = limits.firstMs;
    this.#deviationMs = limits.firstDeviationMs ?? 0;
  }

  get valueMs(): number {
    return this.#valueMs;
  }

  /** What it takes when it takes long: to be ready in time, as timeouts are set (RFC 6298, 2). */
  get ampleMs(): number {
    const ampleMs = this.#valueMs + AMPLE_DEVIATIONS * this.#deviationMs;
    return Math.min(ampleMs, this.#limits.mostMs);
  }

  /** `excessMs`: how much longer it took than `valueMs`; negative if it was quicker. */
  learn(excessMs: number): void {
    const step = clamp(excessMs * GAIN, -MOST_AT_ONCE_MS, MOST_AT_ONCE_MS);
    const wider = (Math.abs(excessMs) - this.#deviationMs) * GAIN;
    this.#deviationMs += Math.min(wider, MOST_AT_ONCE_MS);
    this.#valueMs = clamp(this.#valueMs + step, this.#limits.leastMs, this.#limits.mostMs);
  }
}

/** What the time from `play()` to a running media clock depends on. */
export interface StartCondition {
  /** The place was sought or loaded; otherwise the film goes on from where it was paused. */
  readonly sought: boolean;
  /** How long ago the film ran or was loaded; 0 while it runs. */
  readonly idleMs: number;
}

/** Browsers close the way to the loudspeaker when nothing was heard for so long. */
const RESTED_MS = 10_000;

/**
 * The time from `play()` to a running media clock, for each condition by itself. In Chromium a film
 * that goes on does so at once and one that was sought after some 75 ms; after a rest both seem
 * 30 ms quicker, because its clock leaps when the sound comes back.
 */
export class StartLatency {
  readonly #sought = new LearnedLatency({ firstMs: 75, leastMs: 0, mostMs: 300 });
  readonly #soughtRested = new LearnedLatency({ firstMs: 47, leastMs: -100, mostMs: 300 });
  readonly #goesOn = new LearnedLatency({ firstMs: 3, leastMs: -50, mostMs: 300 });
  readonly #goesOnRested = new LearnedLatency({ firstMs: -28, leastMs: -100, mostMs: 300 });

  of({ sought, idleMs }: StartCondition): LearnedLatency {
    const rested = idleMs >= RESTED_MS;
    if (sought) return rested ? this.#soughtRested : this.#sought;
    return rested ? this.#goesOnRested : this.#goesOn;
  }
}
