/** What the server may say in a room. */
import type {
  ChatMessage,
  IceServer,
  Member,
  MemberChange,
  OwnMember,
  Playback,
  QueueItem,
  Room,
  VoiceState,
} from './shapes';

export interface WelcomeFrame {
  readonly type: 'welcome';
  readonly protocol: number;
  readonly you: OwnMember;
  readonly room: Room;
  readonly members: readonly Member[];
  readonly playback: Playback;
  readonly queue: readonly QueueItem[];
  readonly messages: readonly ChatMessage[];
  readonly ice: readonly IceServer[];
  readonly now_us: number;
}

/** Answer to a clock question: `t0` as asked, `t1` received and `t2` sent in room time. */
export interface ClockFrame {
  readonly type: 'clock';
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
}

export interface PlaybackFrame {
  readonly type: 'playback';
  readonly playback: Playback;
}

export interface MembersFrame {
  readonly type: 'members';
  readonly joined: readonly Member[];
  readonly left: readonly string[];
  readonly changed: readonly MemberChange[];
}

export interface QueueFrame {
  readonly type: 'queue';
  readonly queue: readonly QueueItem[];
}

/** The room's own settings changed. */
export interface RoomFrame {
  readonly type: 'room';
  readonly room: Room;
}

export interface ChatFrame {
  readonly type: 'chat';
  readonly message: ChatMessage;
}

export interface ReactFrame {
  readonly type: 'react';
  readonly by: string;
  readonly name: string;
  readonly emoji: string;
  readonly position: number | null;
}

export interface VoiceFrame {
  readonly type: 'voice';
  readonly member: string;
  readonly state: VoiceState;
}

export interface SignalFrame {
  readonly type: 'signal';
  readonly from: string;
  readonly data: unknown;
}

/** For a chat message the ack means that it is durable; `message` is then its id. */
export interface AckFrame {
  readonly type: 'ack';
  readonly id: string;
  readonly message: string | null;
}

/** `id` is null when the fault is not about one frame of ours. */
export interface ErrorFrame {
  readonly type: 'error';
  readonly id: string | null;
  readonly code: string;
  readonly message: string;
}

export interface NoticeFrame {
  readonly type: 'notice';
  readonly code: string;
  readonly active: boolean;
  readonly message: string;
}

export interface GoodbyeFrame {
  readonly type: 'goodbye';
  readonly reason: string;
  readonly retry_ms: number;
}

export type ServerFrame =
  | WelcomeFrame
  | ClockFrame
  | PlaybackFrame
  | MembersFrame
  | QueueFrame
  | RoomFrame
  | ChatFrame
  | ReactFrame
  | VoiceFrame
  | SignalFrame
  | AckFrame
  | ErrorFrame
  | NoticeFrame
  | GoodbyeFrame;

export type ServerFrameType = ServerFrame['type'];
