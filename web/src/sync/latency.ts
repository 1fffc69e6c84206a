/** What this device takes to obey, learned from what it did. Pure. */
import { clamp } from './statistics';

export interface LatencyLimits {
  readonly firstMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** From `play()` to a running media clock; 75 ms in Chromium. */
export const PLAY_LATENCY: LatencyLimits = { firstMs: 75, leastMs: 0, mostMs: 300 };
/** From a seek into buffered film to readiness; 30 to 90 ms in Chromium. */
export const SEEK_LATENCY: LatencyLimits = { firstMs: 60, leastMs: 10, mostMs: 600 };

/** One occasion moves the estimate by this share of its error; outliers move it little. */
const GAIN = 0.3;
const MOST_AT_ONCE_MS = 40;

export class LearnedLatency {
  readonly #limits: LatencyLimits;
  #valueMs: number;

  constructor(limits: LatencyLimits) {
    this.#limits = limits;
    this.#valueMs = limits.firstMs;
  }

  get valueMs(): number {
    return this.#valueMs;
  }

  /** `excessMs`: how much longer it took than `valueMs`; negative if it was quicker. */
  learn(excessMs: number): void {
    const step = clamp(excessMs * GAIN, -MOST_AT_ONCE_MS, MOST_AT_ONCE_MS);
    this.#valueMs = clamp(this.#valueMs + step, this.#limits.leastMs, this.#limits.mostMs);
  }
}
