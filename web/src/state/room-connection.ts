/** One place in a room over as many sockets as it takes. */
import {
  PROTOCOL_VERSION,
  decodeServerFrame,
  encodeClientFrame,
  type ClientFrame,
  type HelloFrame,
  type ServerFrame,
} from '../protocol';
import { backOffMs } from '../sync';
import { Knocking } from './knocking';
import type { RoomPorts, Socket } from './room-ports';
import type { Connection } from './room-types';

export interface ConnectionHandlers {
  /** `resume` for the next hello; undefined the first time. */
  resume(): HelloFrame['resume'];
  changed(connection: Connection): void;
  /** Every well-formed frame, `welcome` first on each socket. */
  received(frame: ServerFrame, receivedMs: number): void;
  /** The socket is gone, whatever comes next. */
  dropped(): void;
}

/** From the join call to the welcome; then the attempt counts as failed. */
const WELCOME_WITHIN_MS = 15_000;
/** After so many refused frames in a row the two programs do not understand each other. */
const MOST_MISUNDERSTANDINGS = 3;

/** Close codes after which coming back is no use. */
const FINAL: Readonly<Record<number, string>> = { 4404: 'not_found' };
/** Sent away: kicked, or banned. */
const SENT_AWAY = 4403;
/** Close codes after which coming back at once would make it worse. */
const PAUSE_MS: Readonly<Record<number, number>> = { 1013: 2000, 4413: 1000, 4429: 3000 };

export class RoomConnection {
  readonly #ports: RoomPorts;
  readonly #handlers: ConnectionHandlers;
  #socket: Socket | null = null;
  #knocking: Knocking | null = null;
  /** Counts attempts; what belongs to an older one is ignored. */
  #attempt = 0;
  #failures = 0;
  #misunderstandings = 0;
  #askedMs = 0;
  #open = false;
  #over = false;
  #cancelTimer: (() => void) | null = null;
  #helloSentMs = 0;

  constructor(ports: RoomPorts, handlers: ConnectionHandlers) {
    this.#ports = ports;
    this.#handlers = handlers;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** When the last hello went out; with the welcome it makes a first clock sample. */
  get helloSentMs(): number {
    return this.#helloSentMs;
  }

  connect(): void {
    if (this.#over) return;
    void this.#connect();
  }

  /** False if there is no socket now or the frame cannot be encoded; the caller keeps it. */
  send(frame: ClientFrame): boolean {
    if (!this.#open || this.#socket === null) return false;
    const encoded = encodeClientFrame(frame);
    if (!encoded.ok) return false;
    this.#socket.send(encoded.text);
    return true;
  }

  /** The socket answers nothing any more: give it up and come back. */
  abandon(): void {
    if (this.#socket !== null) this.#drop(1006);
  }

  /** Come back now instead of after the back-off: the network returned, the page woke up. */
  hurry(): void {
    if (this.#over || this.#socket !== null || this.#cancelTimer === null) return;
    this.#cancelTimer();
    this.#cancelTimer = null;
    this.connect();
  }

  close(reason: string, message = ''): void {
    if (this.#over) return;
    this.#over = true;
    this.#attempt += 1;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#knocking?.giveUp();
    const socket = this.#socket;
    this.#socket = null;
    this.#open = false;
    socket?.close(true);
    this.#handlers.changed({ state: 'closed', reason, message });
  }

  async #connect(): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#watchdog(attempt);
    this.#knocking?.giveUp();
    this.#knocking = new Knocking(this.#ports);
    const outcome = await this.#knocking.answer();
    if (attempt !== this.#attempt) return;
    if (!outcome.ok) {
      if (!outcome.retry) {
        this.close(outcome.code, outcome.message);
        return;
      }
      this.#askedMs = Math.max(this.#askedMs, outcome.retryAfterMs);
      this.#retry();
      return;
    }
    this.#socket = this.#ports.openSocket(outcome.ws, {
      opened: () => {
        if (attempt === this.#attempt) this.#hello();
      },
      received: (data) => {
        if (attempt === this.#attempt) this.#received(data);
      },
      closed: (code) => {
        if (attempt === this.#attempt) this.#drop(code);
      },
    });
  }

  #watchdog(attempt: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#ports.after(WELCOME_WITHIN_MS, () => {
      if (attempt === this.#attempt && !this.#open) this.#drop(1006);
    });
  }

  #hello(): void {
    const resume = this.#handlers.resume();
    const hello: HelloFrame = {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      ...(resume === undefined ? {} : { resume }),
    };
    const encoded = encodeClientFrame(hello);
    this.#helloSentMs = this.#ports.nowMs();
    if (encoded.ok) this.#socket?.send(encoded.text);
  }

  #received(data: unknown): void {
    const receivedMs = this.#ports.nowMs();
    const decoded = decodeServerFrame(data);
    if (decoded.kind === 'unknown') return;
    if (decoded.kind === 'malformed') {
      this.#misunderstandings += 1;
      if (this.#misunderstandings >= MOST_MISUNDERSTANDINGS) {
        this.close('protocol', decoded.reason);
      } else if (!this.#open) {
        this.#drop(4400);
      }
      return;
    }
    this.#misunderstandings = 0;
    const { frame } = decoded;
    if (frame.type === 'goodbye') this.#askedMs = frame.retry_ms;
    if (frame.type === 'welcome') this.#welcomed();
    if (this.#open || frame.type === 'error') this.#handlers.received(frame, receivedMs);
  }

  #welcomed(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#failures = 0;
    this.#askedMs = 0;
    this.#open = true;
    this.#handlers.changed({ state: 'open' });
  }

  /** This attempt or socket is over. */
  #drop(code: number): void {
    const socket = this.#socket;
    const wasOpen = this.#open;
    this.#attempt += 1;
    this.#knocking?.giveUp();
    this.#socket = null;
    this.#open = false;
    socket?.close(false);
    if (wasOpen) this.#handlers.dropped();
    if (code === SENT_AWAY) {
      void this.#askWhy(this.#attempt);
      return;
    }
    const final = FINAL[code];
    if (final !== undefined) {
      this.close(final);
      return;
    }
    this.#askedMs = Math.max(this.#askedMs, PAUSE_MS[code] ?? 0);
    this.#retry();
  }

  /** Whoever is banned hears it when they knock again. */
  async #askWhy(attempt: number): Promise<void> {
    this.#knocking = new Knocking(this.#ports);
    const outcome = await this.#knocking.answer();
    if (attempt !== this.#attempt) return;
    const banned = !outcome.ok && outcome.code === 'banned';
    this.close(banned ? 'banned' : 'kicked');
  }

  #retry(): void {
    const delayMs = backOffMs({
      failures: this.#failures,
      askedMs: this.#askedMs,
      chance: this.#ports.chance(),
    });
    this.#askedMs = 0;
    this.#failures += 1;
    this.#handlers.changed({
      state: 'reconnecting',
      failures: this.#failures,
      retryAtMs: this.#ports.nowMs() + delayMs,
    });
    this.#cancelTimer?.();
    this.#cancelTimer = this.#ports.after(delayMs, () => {
      this.#cancelTimer = null;
      this.connect();
    });
  }
}
