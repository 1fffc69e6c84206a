/**
 * Steps in quick succession add up: the second press of a key counts from where the first one goes,
 * although the room needs a moment to get there. Pure.
 */

/** A step that comes later than this counts from where the film is. */
const SUCCESSION_MS = 700;
const USUAL_FRAME_SECONDS = 1 / 25;

export class SeekSteps {
  #toSeconds = 0;
  #sinceMs = Number.NEGATIVE_INFINITY;

  /** Somebody asks for this place; gives the one to go to. */
  going(nowMs: number, toSeconds: number): number {
    this.#toSeconds = Math.max(0, toSeconds);
    this.#sinceMs = nowMs;
    return this.#toSeconds;
  }

  /** Where a step starts, for a film that is at `positionSeconds` now. */
  from(nowMs: number, positionSeconds: number): number {
    return nowMs - this.#sinceMs < SUCCESSION_MS ? this.#toSeconds : positionSeconds;
  }
}

/**
 * Where the next picture or the one before stands: its middle, which no rounding misses. `shown` is
 * the picture on screen, which may not yet be that of `fromSeconds`; null while none was seen.
 */
export function frameBeside(
  step: 1 | -1,
  fromSeconds: number,
  shown: { readonly atSeconds: number; readonly lengthSeconds: number } | null,
): number {
  if (shown === null) return fromSeconds + step * USUAL_FRAME_SECONDS;
  const { atSeconds, lengthSeconds } = shown;
  const away = (fromSeconds - atSeconds) / lengthSeconds;
  if (Math.abs(away) > 2) return fromSeconds + step * lengthSeconds;
  // At the edge of a picture, rounding decides which one it is: the one on screen counts.
  const picture = away > -0.25 && away < 1.25 ? 0 : Math.floor(away);
  return atSeconds + (picture + step + 0.5) * lengthSeconds;
}
