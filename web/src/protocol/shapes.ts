/**
 * The values that room frames are made of, named as they are on the wire.
 *
 * Positions and durations are seconds of film. Fields that end in `_us` and `sent_at` are room
 * time: µs since the Unix epoch (a double holds them exactly until the year 2255).
 */

export const MEMBER_STATES = [
  'playing',
  'paused',
  'buffering',
  'ended',
  'away',
  'joining',
] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

export const MEMBER_KINDS = ['user', 'guest'] as const;
export type MemberKind = (typeof MEMBER_KINDS)[number];

export const MEMBER_ROLES = ['owner', 'moderator', 'viewer'] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

export const CONTROL_POLICIES = ['host', 'moderators', 'everyone'] as const;
export type ControlPolicy = (typeof CONTROL_POLICIES)[number];

export const VISIBILITIES = ['unlisted', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const HOLD_POLICIES = ['none', 'host', 'everyone'] as const;
export type HoldPolicy = (typeof HOLD_POLICIES)[number];

export const VIDEO_STATUSES = ['uploading', 'probing', 'transcoding', 'ready', 'failed'] as const;
export type VideoStatus = (typeof VIDEO_STATUSES)[number];

export interface VoiceState {
  readonly joined: boolean;
  readonly muted: boolean;
  readonly speaking: boolean;
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly kind: MemberKind;
  readonly role: MemberRole;
  /** True for the one who acts as host at present. */
  readonly host: boolean;
  readonly state: MemberState;
  /** How far ahead of the room this member's picture is; null while nothing is known. */
  readonly drift_ms: number | null;
  readonly voice: VoiceState | null;
}

/** The receiver itself; `resume` is what `hello.resume.member` wants after a drop. */
export interface OwnMember extends Member {
  readonly resume: string;
}

/** What changed of one member; fields that are not named stay as they were. */
export type MemberChange = Pick<Member, 'id'> & Partial<Omit<Member, 'id'>>;

export interface Room {
  readonly code: string;
  readonly name: string;
  readonly owner: string | null;
  readonly control: ControlPolicy;
  readonly visibility: Visibility;
  readonly hold: HoldPolicy;
  readonly capacity: number;
  readonly has_password: boolean;
  readonly present: number;
  /** RFC 3339, as in the HTTP API. */
  readonly created_at: string;
}

/** The room waits for these members, at the latest until `until_us`. */
export interface Hold {
  readonly until_us: number;
  readonly members: readonly string[];
}

/** At room time `at_us` (which may lie ahead) the film is at `position`. */
export interface Playback {
  readonly item: string | null;
  readonly video: string | null;
  readonly paused: boolean;
  readonly rate: number;
  readonly position: number;
  readonly at_us: number;
  /** Orders states: the greater one, compared as text, is the newer. */
  readonly stamp: string;
  /** The member who commanded it; null when the room itself did. */
  readonly by: string | null;
  readonly held: readonly string[];
  readonly hold: Hold | null;
}

/** Why a film cannot be played: a stable word and what it means. */
export interface VideoError {
  readonly code: string;
  readonly message: string;
}

/** One set of subtitles, as WebVTT at a signed path on this server. */
export interface SubtitleFile {
  readonly id: string;
  readonly language: string;
  readonly title: string;
  readonly url: string;
}

export interface QueueItem {
  readonly id: string;
  readonly video: string;
  readonly title: string;
  /** Null until the film has been probed. */
  readonly duration: number | null;
  readonly playable_until: number;
  readonly status: VideoStatus;
  /** Of the upload or the transcode that is under way, 0 to 1; null while unknown. */
  readonly progress: number | null;
  /** Set when `status` is `failed`. */
  readonly error: VideoError | null;
  readonly added_by: string | null;
  readonly votes: number;
  /** Signed paths on this server; null until there is something to show. */
  readonly master: string | null;
  readonly sprite: string | null;
  readonly poster: string | null;
  readonly subtitles: readonly SubtitleFile[];
}

export interface ChatMessage {
  readonly id: string;
  readonly by: string;
  readonly name: string;
  readonly text: string;
  readonly reply_to: string | null;
  /** Where in the film it was said; null if nothing was on. */
  readonly position: number | null;
  readonly sent_at: number;
}

/** One entry for `RTCConfiguration.iceServers`. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}
