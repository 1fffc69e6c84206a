/** What this device takes to obey, learned from where it landed. Pure. */
import { clamp } from './statistics';

export interface LatencyLimits {
  readonly firstMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Chromium: from `play()` to a running media clock. */
export const PLAY_LATENCY: LatencyLimits = { firstMs: 75, leastMs: 0, mostMs: 300 };
/** Chromium: how far the media clock lags after a seek into buffered film while playing. */
export const SEEK_LATENCY: LatencyLimits = { firstMs: 107, leastMs: 0, mostMs: 600 };

/** One landing moves the estimate by this share of its error; outliers move it little. */
const GAIN = 0.4;
const MOST_PER_LANDING_MS = 60;

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

  /** `errorMs`: position minus target after landing; negative means it took longer than thought. */
  learn(errorMs: number): void {
    const step = clamp(-errorMs * GAIN, -MOST_PER_LANDING_MS, MOST_PER_LANDING_MS);
    this.#valueMs = clamp(this.#valueMs + step, this.#limits.leastMs, this.#limits.mostMs);
  }
}
