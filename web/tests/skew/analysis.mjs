/** From what the recorders wrote to figures of skew, in ms. Pure. */

export function quantile(values, q) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.min(sorted.length - 1, q * (sorted.length - 1));
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place));
}

export function summary(values) {
  const rounded = (value) => (Number.isFinite(value) ? Math.round(value * 100) / 100 : null);
  return {
    n: values.length,
    median: rounded(quantile(values, 0.5)),
    p95: rounded(quantile(values, 0.95)),
    p99: rounded(quantile(values, 0.99)),
    max: rounded(values.length === 0 ? Number.NaN : Math.max(...values)),
  };
}

/** Media clock at `t`, between two samples of one uninterrupted stretch; NaN elsewhere. */
export function positionAt(clock, t) {
  let low = 0;
  let high = clock.length - 1;
  if (high < 1 || t < clock[0][0] || t > clock[high][0]) return Number.NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (clock[middle][0] <= t) low = middle;
    else high = middle;
  }
  const [t0, p0, r0] = clock[low];
  const [t1, p1, r1] = clock[high];
  if (t1 - t0 > 200 || (r0 === 0) !== (r1 === 0)) return Number.NaN;
  if (Math.abs((p1 - p0) * 1000 - r0 * (t1 - t0)) > 60) return Number.NaN;
  return p0 + ((p1 - p0) * (t - t0)) / (t1 - t0);
}

/** Spread between the viewers at equal instants. An instant without all of them does not count. */
export function clockSkew(viewers, fromMs, toMs, stepMs = 25) {
  const skews = [];
  for (let t = fromMs; t < toMs; t += stepMs) {
    const at = viewers.map(({ clock }) => positionAt(clock, t));
    if (at.some(Number.isNaN)) continue;
    skews.push(1000 * (Math.max(...at) - Math.min(...at)));
  }
  return skews;
}

/** The same from displayed frames: film minus display time, median of those within ±`windowMs`. */
export function frameSkew(viewers, fromMs, toMs, stepMs = 100, windowMs = 100) {
  const offsetAt = ({ frames }, t) => {
    const near = [];
    for (const [shown, media] of frames) {
      if (Math.abs(shown - t) <= windowMs) near.push(media * 1000 - shown);
    }
    return near.length >= 3 ? quantile(near, 0.5) : Number.NaN;
  };
  const skews = [];
  for (let t = fromMs; t < toMs; t += stepMs) {
    const at = viewers.map((viewer) => offsetAt(viewer, t));
    if (at.some(Number.isNaN)) continue;
    skews.push(Math.max(...at) - Math.min(...at));
  }
  return skews;
}

/** How far one viewer is from a running timeline that is at `position` at `atMs`. */
export function timelineError({ clock }, { position, atMs, rate }, fromMs, toMs) {
  const errors = [];
  for (const [t, media, runs] of clock) {
    if (t < fromMs || t > toMs || runs === 0) continue;
    errors.push(1000 * (media - position) - rate * (t - atMs));
  }
  return errors;
}

/** ms after `fromMs` until an error stays below `limitMs`. */
export function settledAfter({ clock }, timeline, fromMs, toMs, limitMs) {
  let last = fromMs;
  for (const [t, media] of clock) {
    if (t < fromMs || t > toMs) continue;
    const error = 1000 * (media - timeline.position) - timeline.rate * (t - timeline.atMs);
    if (Math.abs(error) > limitMs) last = t;
  }
  return last - fromMs;
}
