/** What a room session shows to the page. */
import type { SyncLevel, SyncReason } from '../sync';

/**
 * Why a session ended for good: `left`, `kicked`, `not_found`, `unauthenticated`, `protocol`, or a
 * stable code of the HTTP API (`room_full`, `wrong_password`, …).
 */
export type CloseReason = string;

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** The film plays on; the next attempt is at `retryAtMs` of `performance.now()`. */
  | { readonly state: 'reconnecting'; readonly failures: number; readonly retryAtMs: number }
  | { readonly state: 'closed'; readonly reason: CloseReason; readonly message: string };

export type ChatStatus = 'sent' | 'pending' | 'failed';

export interface ChatEntry {
  /** The message's id, or our own key while it is not known. Stays a stable key for lists. */
  readonly key: string;
  readonly id: string | null;
  readonly by: string;
  readonly name: string;
  readonly own: boolean;
  readonly text: string;
  readonly replyTo: string | null;
  readonly positionSeconds: number | null;
  /** ms since the Unix epoch, room time. */
  readonly sentAtMs: number;
  readonly status: ChatStatus;
  /** Why it failed: a stable code, for the page's words. */
  readonly failure: string | null;
}

export interface Reaction {
  readonly key: string;
  readonly by: string;
  readonly name: string;
  readonly emoji: string;
  readonly positionSeconds: number | null;
}

export interface RoomNotice {
  readonly code: string;
  readonly message: string;
}

/** One thing that somebody did to all: "Bo paused". `by` null: the room itself did. */
export interface Activity {
  readonly key: string;
  readonly by: string | null;
  readonly name: string | null;
  readonly own: boolean;
  readonly action: 'play' | 'pause' | 'seek' | 'rate' | 'select';
  readonly positionSeconds: number;
  readonly rate: number;
}

/** The server said no to something we asked for. */
export interface Refusal {
  readonly key: string;
  readonly what: 'control' | 'queue' | 'role' | 'kick';
  readonly code: string;
  readonly message: string;
}

/** Whom the room waits for, at most until then. */
export interface HoldView {
  readonly members: readonly string[];
  /** `performance.now()` ms; null when the server names no end. */
  readonly untilMs: number | null;
}

/** What was done to keep in step, newest last; the last minute. */
export interface SyncAction {
  readonly atMs: number;
  readonly kind: 'faster' | 'slower' | 'jump' | 'lower_rung' | 'higher_rung' | 'stall' | 'resync';
  /** What it was about: ms of drift for speed and jumps, 0 otherwise. */
  readonly amountMs: number;
}

export interface SyncView {
  /** Position minus room; positive is ahead. Null while unknown. */
  readonly offsetMs: number | null;
  /** Of the clock; null while unknown. */
  readonly uncertaintyMs: number | null;
  readonly roundTripMs: number | null;
  readonly bufferSeconds: number;
  readonly rung: string | null;
  readonly actions: readonly SyncAction[];
  readonly level: SyncLevel;
  readonly why: SyncReason;
}
