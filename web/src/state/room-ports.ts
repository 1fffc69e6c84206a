/** The outside powers that a room session is given; tests give their own. */

/** One WebSocket as the session needs it. Handlers are set before anything can arrive. */
export interface Socket {
  send(text: string): void;
  /** `leaving`: the room hears that its member is gone, instead of waiting for them to be back. */
  close(leaving: boolean): void;
}

export interface SocketHandlers {
  opened(): void;
  /** Whatever came; text is expected. */
  received(data: unknown): void;
  /** Called once, also when the connection could not be made. */
  closed(code: number): void;
}

export type OpenSocket = (path: string, handlers: SocketHandlers) => Socket;

/** Runs `task` once after `delayMs`; returns how to call it off. */
export type After = (delayMs: number, task: () => void) => () => void;

/** Asks the server for a place in the room: a one-use path for the socket, or why not. */
export type JoinOutcome =
  | { readonly ok: true; readonly ws: string }
  | {
      readonly ok: false;
      /** The stable code of the HTTP API, or `network`. */
      readonly code: string;
      readonly message: string;
      /** Trying again later may help. */
      readonly retry: boolean;
      readonly retryAfterMs: number;
    };
/** `given`: nobody waits for the answer any more. */
export type Join = (given: AbortSignal) => Promise<JoinOutcome>;

export interface RoomPorts {
  readonly join: Join;
  readonly openSocket: OpenSocket;
  /** Monotonic milliseconds: `performance.now`. */
  readonly nowMs: () => number;
  /** Wall clock, only to notice sleep. */
  readonly wallMs: () => number;
  readonly after: After;
  /** From 0 to below 1. */
  readonly chance: () => number;
}
