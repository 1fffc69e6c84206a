/** Notices that the machine slept or the tab was frozen. Pure: fed at each tick. */

/** Background tabs are called once a second, some once a minute; more is sleep. */
const LATE_MS = 5000;
/** The two clocks of a page run apart only when one of them stood still or was set. */
const APART_MS = 1000;

export class SleepWatch {
  #lastMonotonicMs: number | null = null;
  #lastWallMs = 0;

  /** True if time passed since the last call in which nothing of ours ran. */
  tick(monotonicMs: number, wallMs: number): boolean {
    const last = this.#lastMonotonicMs;
    const monotonicStep = last === null ? 0 : monotonicMs - last;
    const wallStep = last === null ? 0 : wallMs - this.#lastWallMs;
    this.#lastMonotonicMs = monotonicMs;
    this.#lastWallMs = wallMs;
    return monotonicStep > LATE_MS || Math.abs(wallStep - monotonicStep) > APART_MS;
  }
}
