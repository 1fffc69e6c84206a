/** What a client may say in a room, and how it goes onto the wire. */
import type { MemberRole, MemberState, VoiceState } from './shapes';

export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = 'syncwatch.v1';
/** A longer frame is refused by the server with close 4400. */
export const MAX_FRAME_BYTES = 64 * 1024;

export const CONTROL_ACTIONS = ['play', 'pause', 'seek', 'rate', 'select', 'next'] as const;
export type ControlAction = (typeof CONTROL_ACTIONS)[number];

export interface HelloFrame {
  readonly type: 'hello';
  readonly protocol: number;
  /** Only after a drop: who we were and the last chat message we saw. */
  readonly resume?: { readonly member: string; readonly last_message?: string };
}

/** `t0` is our own clock in µs, any epoch, a whole number. */
export interface ClockQuestion {
  readonly type: 'clock';
  readonly t0: number;
}

export interface ControlFrame {
  readonly type: 'control';
  readonly id: string;
  readonly action: ControlAction;
  /** seek: where to. play and pause: where the presser was. */
  readonly position?: number;
  readonly rate?: number;
  /** select: the queue item to put on. */
  readonly item?: string;
}

export interface ReportFrame {
  readonly type: 'report';
  readonly state: Exclude<MemberState, 'joining'>;
  readonly position: number;
  readonly at_us: number;
  readonly drift_ms: number;
  readonly buffered_s: number;
  readonly rung: string;
  /** From a seek into buffered film to a running clock, when it takes long. */
  readonly jump_ms: number;
}

export interface ChatSend {
  readonly type: 'chat';
  readonly id: string;
  readonly text: string;
  readonly reply_to?: string;
}

export interface ReactSend {
  readonly type: 'react';
  readonly emoji: string;
  readonly position?: number;
}

/** `before` null or absent: to the end. `video` for add, `item` for remove, move and vote. */
export interface QueueSend {
  readonly type: 'queue';
  readonly id: string;
  readonly op: 'add' | 'remove' | 'move' | 'clear' | 'vote';
  readonly video?: string;
  readonly item?: string;
  readonly before?: string | null;
}

export interface RoleSend {
  readonly type: 'role';
  readonly id: string;
  readonly member: string;
  readonly role: Exclude<MemberRole, 'owner'>;
}

export interface KickSend {
  readonly type: 'kick';
  readonly id: string;
  readonly member: string;
}

export interface VoiceSend {
  readonly type: 'voice';
  readonly state: VoiceState;
}

export interface SignalSend {
  readonly type: 'signal';
  readonly to: string;
  readonly data: unknown;
}

/** Frames that the server answers with exactly one `ack` or `error`. */
export type AnsweredFrame = ControlFrame | ChatSend | QueueSend | RoleSend | KickSend;

export type ClientFrame =
  HelloFrame | ClockQuestion | ReportFrame | ReactSend | VoiceSend | SignalSend | AnsweredFrame;

export type Encoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: 'too_large' | 'not_finite' };

const utf8 = new TextEncoder();

/** The frame as text, or why it cannot be sent. `type` always comes first. */
export function encodeClientFrame(frame: ClientFrame): Encoded {
  const { type, ...rest } = frame;
  const unsayable: number[] = [];
  const text = JSON.stringify({ type, ...rest }, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) unsayable.push(value);
    return value;
  });
  if (unsayable.length > 0) return { ok: false, reason: 'not_finite' };
  if (text.length * 3 > MAX_FRAME_BYTES && utf8.encode(text).length > MAX_FRAME_BYTES) {
    return { ok: false, reason: 'too_large' };
  }
  return { ok: true, text };
}
