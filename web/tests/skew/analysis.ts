/** From what the recorders wrote to figures of skew, in ms. Pure. */
import type { ClockSample, Recording } from './recorder';

export interface Line {
  /** Wall clock, ms. */
  readonly atMs: number;
  /** Seconds of film at that instant. */
  readonly position: number;
  readonly rate: number;
}

export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.min(sorted.length - 1, q * (sorted.length - 1));
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function summary(values: readonly number[]): Summary {
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  return {
    n: values.length,
    median: rounded(quantile(values, 0.5)),
    p95: rounded(quantile(values, 0.95)),
    p99: rounded(quantile(values, 0.99)),
    max: rounded(quantile(values, 1)),
  };
}

/** Samples further apart than this say nothing about the time between them. */
const LONGEST_GAP_MS = 200;
/** The clock of the film moves as its rate says, or it was interrupted. */
const LARGEST_LEAP_MS = 60;

/** Media clock at `t`, between two samples of one uninterrupted stretch; NaN elsewhere. */
export function positionAt(clock: readonly ClockSample[], t: number): number {
  let low = 0;
  let high = clock.length - 1;
  const [first, last] = [clock[low], clock[high]];
  if (first === undefined || last === undefined || t < first[0] || t > last[0]) return Number.NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((clock[middle]?.[0] ?? 0) <= t) low = middle;
    else high = middle;
  }
  const [from, to] = [clock[low], clock[high]];
  if (from === undefined || to === undefined || from === to) return Number.NaN;
  const [t0, p0, r0] = from;
  const [t1, p1, r1] = to;
  if (t1 - t0 > LONGEST_GAP_MS || (r0 === 0) !== (r1 === 0)) return Number.NaN;
  if (Math.abs((p1 - p0) * 1000 - r0 * (t1 - t0)) > LARGEST_LEAP_MS) return Number.NaN;
  return p0 + ((p1 - p0) * (t - t0)) / (t1 - t0);
}

/** Spread between the viewers at equal instants. An instant without all of them does not count. */
export function clockSkew(
  viewers: readonly Pick<Recording, 'clock'>[],
  fromMs: number,
  toMs: number,
  stepMs = 25,
): number[] {
  const skews: number[] = [];
  for (let t = fromMs; t < toMs; t += stepMs) {
    const at = viewers.map(({ clock }) => positionAt(clock, t));
    if (at.some(Number.isNaN)) continue;
    skews.push(1000 * (Math.max(...at) - Math.min(...at)));
  }
  return skews;
}

/** The same from displayed frames: film minus display time, median of those within ±`windowMs`. */
export function frameSkew(
  viewers: readonly Pick<Recording, 'frames'>[],
  fromMs: number,
  toMs: number,
  stepMs = 100,
  windowMs = 100,
): number[] {
  const offsetAt = ({ frames }: Pick<Recording, 'frames'>, t: number): number => {
    const near = frames
      .filter(([shown]) => Math.abs(shown - t) <= windowMs)
      .map(([shown, media]) => media * 1000 - shown);
    return near.length >= 3 ? quantile(near, 0.5) : Number.NaN;
  };
  const skews: number[] = [];
  for (let t = fromMs; t < toMs; t += stepMs) {
    const at = viewers.map((viewer) => offsetAt(viewer, t));
    if (at.some(Number.isNaN)) continue;
    skews.push(Math.max(...at) - Math.min(...at));
  }
  return skews;
}

/** How far one viewer is from a running timeline. */
export function timelineError(
  { clock }: Pick<Recording, 'clock'>,
  line: Line,
  fromMs: number,
  toMs: number,
): number[] {
  return clock
    .filter(([t, , runs]) => t >= fromMs && t <= toMs && runs !== 0)
    .map(([t, media]) => 1000 * (media - line.position) - line.rate * (t - line.atMs));
}

/** ms after `fromMs` until the error stays below `limitMs`. */
export function settledAfter(
  { clock }: Pick<Recording, 'clock'>,
  line: Line,
  fromMs: number,
  toMs: number,
  limitMs: number,
): number {
  let last = fromMs;
  for (const [t, media] of clock) {
    if (t < fromMs || t > toMs) continue;
    const error = 1000 * (media - line.position) - line.rate * (t - line.atMs);
    if (Math.abs(error) > limitMs) last = t;
  }
  return last - fromMs;
}
