/** What a player holds ready. */

export interface TimeRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Cracks between ranges that playback passes over. */
const CRACK_SECONDS = 0.1;

/** Seconds of film that can be played from `seconds` on without another byte. Ranges in order. */
export function bufferedAhead(ranges: readonly TimeRange[], seconds: number): number {
  let end = seconds;
  for (const range of ranges) {
    if (range.startSeconds <= end + CRACK_SECONDS && range.endSeconds > end) end = range.endSeconds;
  }
  return end - seconds;
}
