/** Asks to be let in, and again beside it while no answer comes: the first one counts. */
import type { JoinOutcome, RoomPorts } from './room-ports';

/** Longer than a lively server takes, the way included. */
export const ASK_AGAIN_MS = 1500;
/** More than a browser keeps connections to one server, which are six. */
export const MOST_ASKED = 8;
/** So many may hang at a time; the oldest is given up for the next, and its connection with it. */
export const MOST_AT_ONCE = 3;

/**
 * After a line broke without a word (a roaming phone, a gateway that forgot us), the browser still
 * holds connections over it and cannot know that they are dead. A request over one of them hangs;
 * one that is asked beside it takes another connection, at last a new one.
 */
export class Knocking {
  readonly #ports: Pick<RoomPorts, 'join' | 'after'>;
  #asked = 0;
  #hanging: AbortController[] = [];
  #cancelTimer: (() => void) | null = null;

  constructor(ports: Pick<RoomPorts, 'join' | 'after'>) {
    this.#ports = ports;
  }

  /** Once. What it asked in vain is given up then, so that it holds no connections. */
  async answer(): Promise<JoinOutcome> {
    const outcome = await new Promise<JoinOutcome>((resolve) => {
      this.#ask(resolve);
    });
    this.giveUp();
    return outcome;
  }

  giveUp(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    for (const each of this.#hanging) each.abort();
    this.#hanging = [];
  }

  #ask(resolve: (outcome: JoinOutcome) => void): void {
    if (this.#hanging.length === MOST_AT_ONCE) this.#hanging.shift()?.abort();
    const given = new AbortController();
    this.#hanging.push(given);
    this.#asked += 1;
    const answered = (outcome: JoinOutcome): void => {
      if (!given.signal.aborted) resolve(outcome);
    };
    this.#ports.join(given.signal).then(answered, () => {
      answered({ ok: false, code: 'network', message: '', retry: true, retryAfterMs: 0 });
    });
    if (this.#asked === MOST_ASKED) return;
    this.#cancelTimer = this.#ports.after(ASK_AGAIN_MS, () => {
      this.#ask(resolve);
    });
  }
}
