/** Frames that wait for their answer; after a drop they go out again under the same id. */
import type { AnsweredFrame } from '../protocol';
import type { RoomPorts } from './room-ports';

export type Answer =
  | { readonly ok: true; readonly message: string | null }
  | { readonly ok: false; readonly code: string; readonly message: string };

type Body<F> = F extends AnsweredFrame ? Omit<F, 'id'> : never;
export type Request = Body<AnsweredFrame>;

interface Waiting {
  readonly frame: AnsweredFrame;
  readonly askedMs: number;
  readonly answered: (answer: Answer) => void;
}

/** A button that was pressed longer ago than this is not pressed again by itself. */
const CONTROL_MEANT_MS = 3000;
/** Room for a long tunnel full of typing, and no more. */
const MOST_WAITING = 100;

export class RoomOutbox {
  readonly #ports: Pick<RoomPorts, 'nowMs' | 'chance'>;
  readonly #send: (frame: AnsweredFrame) => boolean;
  readonly #prefix: string;
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;

  constructor(ports: Pick<RoomPorts, 'nowMs' | 'chance'>, send: (frame: AnsweredFrame) => boolean) {
    this.#ports = ports;
    this.#send = send;
    // Ids must not meet those of the same member's earlier page.
    this.#prefix = Math.floor(ports.chance() * 36 ** 8).toString(36);
  }

  /** Sends, or keeps for when the socket is back. Answered exactly once, or never if closed. */
  ask(request: Request, answered: (answer: Answer) => void): string {
    this.#count += 1;
    const id = `${this.#prefix}-${String(this.#count)}`;
    if (this.#waiting.size >= MOST_WAITING) {
      answered({ ok: false, code: 'too_many_requests', message: '' });
      return id;
    }
    // An id makes the body whole again; the compiler cannot see that through the union.
    const frame = { ...request, id } as AnsweredFrame;
    this.#waiting.set(id, { frame, askedMs: this.#ports.nowMs(), answered });
    this.#send(frame);
    return id;
  }

  answer(id: string, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.answered(answer);
  }

  /** The socket is back. Chat and queue go out again; controls only while they are still meant. */
  resend(): void {
    for (const [id, waiting] of [...this.#waiting]) {
      if (this.#stale(waiting)) {
        this.answer(id, { ok: false, code: 'stale', message: '' });
      } else {
        this.#send(waiting.frame);
      }
    }
  }

  /** Somebody else's command came: ours of before is no longer what anybody means. */
  overtaken(): void {
    for (const [id, waiting] of [...this.#waiting]) {
      if (waiting.frame.type === 'control') {
        this.answer(id, { ok: false, code: 'stale', message: '' });
      }
    }
  }

  #stale({ frame, askedMs }: Waiting): boolean {
    return frame.type === 'control' && this.#ports.nowMs() - askedMs > CONTROL_MEANT_MS;
  }
}
