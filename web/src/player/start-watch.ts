/** Watches under which condition a media element would start: that decides how long it takes. */
import type { StartCondition } from '../sync';

export class StartWatch {
  readonly #element: HTMLMediaElement;
  #sought = true;
  #idleSinceMs = Number.NEGATIVE_INFINITY;

  constructor(element: HTMLMediaElement, signal: AbortSignal) {
    this.#element = element;
    const on = (name: keyof HTMLMediaElementEventMap, heard: () => void): void => {
      element.addEventListener(name, heard, { signal });
    };
    for (const name of ['seeking', 'emptied'] as const) {
      on(name, () => {
        this.#sought = true;
      });
    }
    on('playing', () => {
      if (!element.seeking && !element.paused) this.#sought = false;
    });
    for (const name of ['pause', 'loadeddata'] as const) {
      on(name, () => {
        this.#idleSinceMs = performance.now();
      });
    }
  }

  /** Events come late: call with the seek itself. */
  seeks(): void {
    this.#sought = true;
  }

  get condition(): StartCondition {
    const idleMs = this.#element.paused ? performance.now() - this.#idleSinceMs : 0;
    return { sought: this.#sought, idleMs };
  }
}
