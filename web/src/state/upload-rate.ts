/** How quickly an upload goes, and how long it will take. Pure: instants are arguments. */

interface Mark {
  readonly atMs: number;
  readonly sentBytes: number;
}

/** What was longer ago says nothing about now. */
const WINDOW_MS = 8000;
/** Before this much was seen, a figure would only jump about. */
const LEAST_MS = 800;
const MARK_EVERY_MS = 200;

export class UploadRate {
  #marks: Mark[] = [];

  /** It starts, or goes on after a pause. */
  restart(atMs: number, sentBytes: number): void {
    this.#marks = [{ atMs, sentBytes }];
  }

  sent(atMs: number, sentBytes: number): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && atMs - last.atMs < MARK_EVERY_MS) return;
    if (last !== undefined && sentBytes < last.sentBytes) {
      this.restart(atMs, sentBytes);
      return;
    }
    this.#marks.push({ atMs, sentBytes });
    while (this.#marks.length > 2 && atMs - (this.#marks[1]?.atMs ?? atMs) > WINDOW_MS) {
      this.#marks.shift();
    }
  }

  /** Null while nothing can be said. */
  get bytesPerSecond(): number | null {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined) return null;
    const overMs = last.atMs - first.atMs;
    if (overMs < LEAST_MS) return null;
    return ((last.sentBytes - first.sentBytes) / overMs) * 1000;
  }

  secondsLeft(sentBytes: number, sizeBytes: number): number | null {
    const rate = this.bytesPerSecond;
    if (rate === null || rate <= 0) return null;
    return Math.max(0, (sizeBytes - sentBytes) / rate);
  }
}
