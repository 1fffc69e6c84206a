/** Places along the seek bar. Pure. */
import type { Member } from '../../../protocol';

export interface Face {
  readonly id: string;
  readonly name: string;
  readonly seconds: number;
}

/** Closer than this they are where everybody is. */
const ELSEWHERE_SECONDS = 2;

/** Where the others are, if they are elsewhere. `ownDriftMs`: how far we are from the room. */
export function facesOf(
  members: readonly Member[],
  ownId: string | null,
  ownSeconds: number,
  ownDriftMs: number,
  durationSeconds: number,
): readonly Face[] {
  const roomSeconds = ownSeconds - ownDriftMs / 1000;
  return members.flatMap(({ id, name, drift_ms, state }) => {
    if (id === ownId || drift_ms === null || state === 'away' || state === 'joining') return [];
    if (Math.abs(drift_ms) < ELSEWHERE_SECONDS * 1000) return [];
    const seconds = roomSeconds + drift_ms / 1000;
    return seconds < 0 || seconds > durationSeconds ? [] : [{ id, name, seconds }];
  });
}

export interface Mark {
  readonly key: string;
  readonly share: number;
  /** How many reactions it stands for, 1 and more. */
  readonly count: number;
  readonly emoji: string;
}

/** Reactions that lie close together make one mark. */
const MARKS_ACROSS = 120;

export function marksOf(
  reactions: readonly { readonly emoji: string; readonly positionSeconds: number | null }[],
  durationSeconds: number,
): readonly Mark[] {
  if (durationSeconds <= 0) return [];
  const places = new Map<number, { count: number; emoji: string }>();
  for (const { emoji, positionSeconds } of reactions) {
    if (positionSeconds === null || positionSeconds > durationSeconds) continue;
    const place = Math.round((positionSeconds / durationSeconds) * MARKS_ACROSS);
    const before = places.get(place);
    places.set(place, { count: (before?.count ?? 0) + 1, emoji });
  }
  return [...places].map(([place, { count, emoji }]) => ({
    key: String(place),
    share: place / MARKS_ACROSS,
    count,
    emoji,
  }));
}

/** Where a key takes the film; null if it is none of the bar's. */
export function seekByKey(
  key: string,
  seconds: number,
  limitSeconds: number,
  shift: boolean,
): number | null {
  const step = shift ? 30 : 5;
  const to = {
    ArrowLeft: seconds - step,
    ArrowDown: seconds - step,
    ArrowRight: seconds + step,
    ArrowUp: seconds + step,
    PageDown: seconds - 60,
    PageUp: seconds + 60,
    Home: 0,
    End: limitSeconds,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(limitSeconds, to));
}
