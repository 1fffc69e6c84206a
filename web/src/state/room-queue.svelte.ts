/** What is on and what comes next. */
import type { QueueItem, QueueSend } from '../protocol';

export class RoomQueue {
  items = $state.raw<readonly QueueItem[]>([]);
  /** Items that we voted for since we came. */
  voted = $state.raw<ReadonlySet<string>>(new Set());

  readonly #ask: (request: Omit<QueueSend, 'id'>) => void;

  constructor(ask: (request: Omit<QueueSend, 'id'>) => void) {
    this.#ask = ask;
  }

  find(item: string | null): QueueItem | null {
    return this.items.find((one) => one.id === item) ?? null;
  }

  add(video: string, before: string | null = null): void {
    this.#ask({ type: 'queue', op: 'add', video, ...(before === null ? {} : { before }) });
  }

  remove(item: string): void {
    this.#ask({ type: 'queue', op: 'remove', item });
  }

  /** `before` null: to the end. */
  move(item: string, before: string | null): void {
    this.#ask({ type: 'queue', op: 'move', item, before });
  }

  clear(): void {
    this.#ask({ type: 'queue', op: 'clear' });
  }

  vote(item: string): void {
    this.voted = new Set([...this.voted, item]);
    this.#ask({ type: 'queue', op: 'vote', item });
  }
}
