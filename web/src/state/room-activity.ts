/** What somebody did to all, read from two playback states. Pure. */
import type { Playback } from '../protocol';
import { positionAt, timelineOf } from '../sync';
import type { Activity } from './room-types';

/** A play or pause that moves the film more than this was a jump as well; the jump is not told. */
const SEEK_SECONDS = 1;

export function activityBetween(
  before: Playback,
  after: Playback,
): Pick<Activity, 'action' | 'positionSeconds' | 'rate'> | null {
  const told = { positionSeconds: after.position, rate: after.rate };
  if (after.item !== before.item) {
    return after.item === null ? null : { action: 'select', ...told };
  }
  const waited = before.hold !== null;
  const waits = after.hold !== null;
  // That the room waits, and for whom, is shown as such; what somebody does meanwhile is told.
  if ((waited || waits) && after.by === null) return null;
  if (!waits && (waited || after.paused !== before.paused)) {
    return { action: after.paused ? 'pause' : 'play', ...told };
  }
  if (after.rate !== before.rate) return { action: 'rate', ...told };
  const expected = positionAt(timelineOf(before), after.at_us);
  if (Math.abs(expected - after.position) > SEEK_SECONDS) return { action: 'seek', ...told };
  return null;
}
