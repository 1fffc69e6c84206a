/** Virtual time and chance. Same seed, same run: nothing here reads a clock or waits. */

interface Due {
  readonly atMs: number;
  readonly order: number;
  task: (() => void) | null;
}

export class World {
  readonly seed: number;
  #state: number;
  #nowMs = 0;
  #order = 0;
  /** A binary heap, the next one first. */
  readonly #queue: Due[] = [];

  constructor(seed: number) {
    this.seed = seed;
    this.#state = (seed * 2654435761 + 1) >>> 0;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** From 0 to below 1. */
  readonly chance = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  between(low: number, high: number): number {
    return low + (high - low) * this.chance();
  }

  at(atMs: number, task: () => void): () => void {
    const due: Due = { atMs: Math.max(atMs, this.#nowMs), order: this.#order, task };
    this.#order += 1;
    this.#push(due);
    return () => {
      due.task = null;
    };
  }

  readonly after = (delayMs: number, task: () => void): (() => void) =>
    this.at(this.#nowMs + Math.max(0, delayMs), task);

  /** Runs everything that is due until then. Promises get their turn after each event. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#pop();
      this.#nowMs = next.atMs;
      if (next.task === null) continue;
      next.task();
      await Promise.resolve();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  async run(forMs: number): Promise<void> {
    await this.runUntil(this.#nowMs + forMs);
  }

  #before(a: number, b: number): boolean {
    const x = this.#queue[a];
    const y = this.#queue[b];
    if (x === undefined || y === undefined) return false;
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const x = this.#queue[a];
    const y = this.#queue[b];
    if (x === undefined || y === undefined) return;
    this.#queue[a] = y;
    this.#queue[b] = x;
  }

  #push(due: Due): void {
    this.#queue.push(due);
    let i = this.#queue.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #pop(): void {
    const last = this.#queue.pop();
    if (last === undefined || this.#queue.length === 0) return;
    this.#queue[0] = last;
    let i = 0;
    for (;;) {
      let least = i;
      if (this.#before(2 * i + 1, least)) least = 2 * i + 1;
      if (this.#before(2 * i + 2, least)) least = 2 * i + 2;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
}
