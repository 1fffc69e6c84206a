export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the ratios of what was measured side by side: noise that hits both cancels. */
export function medianRatio(ours, theirs) {
  return median(ours.map((value, i) => value / theirs[i]));
}

export function spread(values) {
  return [Math.min(...values), Math.max(...values)];
}
