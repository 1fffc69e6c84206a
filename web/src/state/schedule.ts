/** The timeline to follow: what is scheduled begins early, by what this device takes to obey. */
import { accept, advance, positionAt, type Timeline, type TimelineTrack } from '../sync';

/** A change of timeline that moves the film less than this is left to the drift controller. */
export const JUMP_SECONDS = 0.15;

export class Schedule {
  #track: TimelineTrack | null = null;
  /** Stamp of the scheduled timeline that was begun early. */
  #committed: string | null = null;

  /** What was begun early counts already. */
  get timeline(): Timeline | null {
    const track = this.#track;
    if (track === null) return null;
    const { current, next } = track;
    return next !== null && next.stamp === this.#committed ? next : current;
  }

  /** A state from the server. True if it is news. */
  accept(timeline: Timeline, roomUs: number): boolean {
    const before = this.#track;
    this.#track = accept(before, timeline, roomUs);
    return this.#track !== before;
  }

  /** False while there is no timeline at all. */
  advance(roomUs: number): boolean {
    if (this.#track === null) return false;
    this.#track = advance(this.#track, roomUs);
    return true;
  }

  /** Begins what is due; otherwise says at which room time to ask again. */
  prepare(roomUs: number, jumpLatencyMs: number, filmLoaded: boolean): number | null {
    const track = this.#track;
    const next = track?.next ?? null;
    if (track === null || next === null) return null;
    const { current } = track;
    if (this.#committed === next.stamp || next.paused) return null;
    if (next.item !== current.item || current.paused) {
      // Loading takes longer than any lead, and who stands can get ready at once.
      this.#committed = next.stamp;
      return null;
    }
    if (!filmLoaded) return null;
    const jump = Math.abs(positionAt(current, next.atUs) - next.positionSeconds);
    if (jump <= JUMP_SECONDS) return null;
    const dueUs = next.atUs - jumpLatencyMs * 1000;
    if (roomUs < dueUs) return dueUs;
    this.#committed = next.stamp;
    return null;
  }
}
