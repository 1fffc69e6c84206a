/** Comes into a room: the first time with what the door asked for, later with what we know. */
import type { Problem, Rooms } from '../api';
import type { JoinOutcome } from './room-ports';

/** A ticket is good for half a minute on the server. */
const TICKET_MS = 20_000;

/** Codes after which another attempt is no use before somebody does something. */
const FINAL = new Set([
  'banned',
  'forbidden',
  'invalid',
  'locked_out',
  'not_found',
  'room_full',
  'unauthenticated',
  'wrong_password',
]);

/** What a failed attempt to come back means for a room that we were in. */
export function outcomeOf(problem: Problem): JoinOutcome {
  return {
    ok: false,
    code: problem.code,
    message: problem.detail,
    retry: !FINAL.has(problem.code),
    retryAfterMs: (problem.retryAfterSeconds ?? 0) * 1000,
  };
}

export class RoomEntry {
  readonly code: string;
  readonly #rooms: Rooms;
  readonly #nowMs: () => number;
  #password: string | null;
  #ticket: { readonly ws: string; readonly untilMs: number } | null = null;

  constructor(rooms: Rooms, code: string, password: string | null, nowMs: () => number) {
    this.#rooms = rooms;
    this.code = code;
    this.#password = password;
    this.#nowMs = nowMs;
  }

  get password(): string | null {
    return this.#password;
  }

  /** Knocks: null if we are let in. The ticket is kept for the session that starts now. */
  async knock(password: string | null): Promise<Problem | null> {
    const answer = await this.#rooms.join(this.code, password);
    if (!answer.ok) return answer.problem;
    this.#password = password;
    this.#ticket = { ws: answer.value.ws, untilMs: this.#nowMs() + TICKET_MS };
    return null;
  }

  /** For the session: each socket needs a ticket of its own. */
  readonly join = async (given?: AbortSignal): Promise<JoinOutcome> => {
    const ticket = this.#ticket;
    this.#ticket = null;
    if (ticket !== null && this.#nowMs() < ticket.untilMs) return { ok: true, ws: ticket.ws };
    const answer = await this.#rooms.join(this.code, this.#password, given);
    return answer.ok ? { ok: true, ws: answer.value.ws } : outcomeOf(answer.problem);
  };
}
