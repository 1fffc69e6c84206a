/** Frames that wait for their answer; after a drop they go out again under the same id. */
import type { AnsweredFrame } from '../protocol';
import type { RoomPorts } from './room-ports';
import { uuidV7 } from './uuid';

type Ports = Pick<RoomPorts, 'nowMs' | 'wallMs' | 'chance'>;

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
  readonly #ports: Ports;
  readonly #send: (frame: AnsweredFrame) => boolean;
  readonly #waiting = new Map<string, Waiting>();
  #count = 0;

  constructor(ports: Ports, send: (frame: AnsweredFrame) => boolean) {
    this.#ports = ports;
    this.#send = send;
  }

  /** Sends, or keeps for when the socket is back. Answered exactly once, or never if closed. */
  ask(request: Request, answered: (answer: Answer) => void): string {
    this.#count += 1;
    // A node that never heard of it sees by this id alone that it is the one of before.
    const id = uuidV7(this.#ports.wallMs(), this.#count, this.#ports.chance);
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
