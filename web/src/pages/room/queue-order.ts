/** Places in the queue while something is moved. Pure. */

/** What stands behind `item` if it moves by `step`; null: it goes to the end; undefined: nowhere. */
export function beforeAfterStep(
  ids: readonly string[],
  item: string,
  step: 1 | -1,
): string | null | undefined {
  const at = ids.indexOf(item);
  const to = at + step;
  if (at < 0 || to < 0 || to >= ids.length) return undefined;
  // Moving down passes the neighbour: it is put before the one after that.
  return step === -1 ? ids[to] : (ids[to + 1] ?? null);
}

/** The order as it will be, to be shown while it is dragged. `before` null: at the end. */
export function movedOrder(
  ids: readonly string[],
  item: string,
  before: string | null,
): readonly string[] {
  if (before === item || !ids.includes(item)) return ids;
  const others = ids.filter((id) => id !== item);
  const at = before === null ? others.length : others.indexOf(before);
  return at < 0 ? ids : [...others.slice(0, at), item, ...others.slice(at)];
}

/** Before which item the pointer would drop; null: at the end. Rows in order, from top to bottom. */
export function dropBefore(
  rows: readonly { readonly id: string; readonly top: number; readonly height: number }[],
  y: number,
): string | null {
  return rows.find(({ top, height }) => y < top + height / 2)?.id ?? null;
}
