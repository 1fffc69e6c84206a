/** Where the film should be. Pure: room time is an argument. */
import type { Playback } from '../protocol';

/** At room time `atUs` the film is at `positionSeconds`; from then on it runs, or stands. */
export interface Timeline {
  readonly item: string | null;
  readonly paused: boolean;
  readonly rate: number;
  readonly positionSeconds: number;
  readonly atUs: number;
  readonly stamp: string;
}

/** What holds now, and what is scheduled to replace it. */
export interface TimelineTrack {
  readonly current: Timeline;
  readonly next: Timeline | null;
}

export function timelineOf(playback: Playback): Timeline {
  return {
    item: playback.item,
    paused: playback.paused || playback.item === null,
    rate: playback.rate,
    positionSeconds: playback.position,
    atUs: playback.at_us,
    stamp: playback.stamp,
  };
}

/** The film's position at a room time. Before `atUs` it waits at the start. */
export function positionAt(timeline: Timeline, roomUs: number): number {
  if (timeline.paused) return timeline.positionSeconds;
  const elapsedSeconds = Math.max(0, roomUs - timeline.atUs) / 1e6;
  return timeline.positionSeconds + timeline.rate * elapsedSeconds;
}

/** Compares part by part, as numbers where both are digits. Positive: `a` is newer. */
export function compareStamps(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    if (x === y) continue;
    if (/^\d+$/.test(x) && /^\d+$/.test(y)) {
      const difference = BigInt(x) - BigInt(y);
      if (difference !== 0n) return difference > 0n ? 1 : -1;
    } else {
      return x > y ? 1 : -1;
    }
  }
  return 0;
}

/** Takes a state from the server; an older one than already seen changes nothing. */
export function accept(
  track: TimelineTrack | null,
  timeline: Timeline,
  roomUs: number,
): TimelineTrack {
  if (track === null) {
    const waiting = timeline.atUs > roomUs && !timeline.paused;
    return waiting
      ? { current: { ...timeline, paused: true }, next: timeline }
      : { current: timeline, next: null };
  }
  const newest = track.next ?? track.current;
  if (compareStamps(timeline.stamp, newest.stamp) <= 0) return track;
  const { current } = advance(track, roomUs);
  if (timeline.atUs <= roomUs) return { current: timeline, next: null };
  return { current, next: timeline };
}

/** The track at a room time: what was scheduled may have become current. */
export function advance(track: TimelineTrack, roomUs: number): TimelineTrack {
  if (track.next === null || track.next.atUs > roomUs) return track;
  return { current: track.next, next: null };
}
