/** The values of the HTTP API, named as they are on the wire. Times of day are RFC 3339. */
import {
  CONTROL_POLICIES,
  HOLD_POLICIES,
  MEMBER_KINDS,
  VIDEO_STATUSES,
  VISIBILITIES,
  read,
  type ControlPolicy,
  type HoldPolicy,
  type MemberKind,
  type VideoError,
  type VideoStatus,
  type Visibility,
} from '../protocol';

export interface User {
  readonly id: string;
  readonly kind: MemberKind;
  /** Null for a guest. */
  readonly username: string | null;
  readonly display_name: string;
  readonly admin: boolean;
  readonly created_at: string;
}

export const SIGN_UP = ['open', 'invitation', 'closed'] as const;
export type SignUp = (typeof SIGN_UP)[number];

export interface Setup {
  readonly needs_first_account: boolean;
  readonly needs_setup_token: boolean;
  readonly sign_up: SignUp;
  readonly guests_may_upload: boolean;
  readonly guests_may_create_rooms: boolean;
  readonly max_upload_bytes: number;
  readonly version: string;
}

/** What is on in a room, as far as a stranger may know. */
export interface RoomFilm {
  readonly title: string;
  readonly poster: string | null;
}

export interface RoomInfo {
  readonly code: string;
  readonly name: string;
  readonly owner: string | null;
  readonly owner_name: string;
  readonly control: ControlPolicy;
  readonly visibility: Visibility;
  readonly hold: HoldPolicy;
  readonly capacity: number;
  readonly has_password: boolean;
  readonly present: number;
  readonly members: readonly string[];
  readonly mine: boolean;
  readonly film: RoomFilm | null;
  readonly created_at: string;
}

export interface Ban {
  readonly id: string;
  readonly user: string | null;
  readonly address: string | null;
  readonly name: string;
  readonly created_at: string;
  /** Null: for good. */
  readonly until: string | null;
}

export interface Rendition {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

export interface VideoSubtitle {
  readonly id: string;
  readonly language: string;
  readonly title: string;
  readonly source: string;
  readonly url: string | null;
}

export interface UploadState {
  readonly id: string;
  readonly offset: number;
  readonly length: number;
  readonly expires_at: string | null;
}

export interface Video {
  readonly id: string;
  readonly title: string;
  readonly status: VideoStatus;
  /** From 0 to 1, of what is under way. */
  readonly progress: number | null;
  readonly playable_until: number;
  readonly duration: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly renditions: readonly Rendition[];
  readonly subtitles: readonly VideoSubtitle[];
  readonly poster: string | null;
  readonly error: VideoError | null;
  readonly size: number | null;
  readonly upload: UploadState | null;
  readonly eta_seconds: number | null;
  readonly created_at: string;
}

export const HEALTH = ['ok', 'degraded', 'down'] as const;
export type HealthState = (typeof HEALTH)[number];

export interface ComponentHealth {
  readonly name: string;
  /** As `HealthState`, or another word for what is not in use. */
  readonly status: string;
  readonly latency_ms: number | null;
  readonly detail: string | null;
}

export interface Health {
  readonly status: HealthState;
  readonly version: string;
  readonly node: string;
  readonly components: readonly ComponentHealth[];
}

export const user = read.object<User>({
  id: read.text,
  kind: read.oneOf(MEMBER_KINDS),
  username: read.orNull(read.text),
  display_name: read.text,
  admin: read.flag,
  created_at: read.text,
});

export const setup = read.object<Setup>({
  needs_first_account: read.flag,
  needs_setup_token: read.flag,
  sign_up: read.oneOf(SIGN_UP),
  guests_may_upload: read.flag,
  guests_may_create_rooms: read.flag,
  max_upload_bytes: read.atLeastZero,
  version: read.text,
});

export const room = read.object<RoomInfo>({
  code: read.text,
  name: read.text,
  owner: read.orNull(read.text),
  owner_name: read.orElse(read.text, ''),
  control: read.oneOf(CONTROL_POLICIES),
  visibility: read.oneOf(VISIBILITIES),
  hold: read.oneOf(HOLD_POLICIES),
  capacity: read.integer,
  has_password: read.flag,
  present: read.integer,
  members: read.orElse(read.list(read.text), []),
  mine: read.orElse(read.flag, false),
  film: read.orNull(read.object<RoomFilm>({ title: read.text, poster: read.orNull(read.text) })),
  created_at: read.text,
});

export const ban = read.object<Ban>({
  id: read.text,
  user: read.orNull(read.text),
  address: read.orNull(read.text),
  name: read.orElse(read.text, ''),
  created_at: read.text,
  until: read.orNull(read.text),
});

export const video = read.object<Video>({
  id: read.text,
  title: read.text,
  status: read.oneOf(VIDEO_STATUSES),
  progress: read.orNull(read.atLeastZero),
  playable_until: read.orElse(read.atLeastZero, 0),
  duration: read.orNull(read.atLeastZero),
  width: read.orNull(read.atLeastZero),
  height: read.orNull(read.atLeastZero),
  renditions: read.orElse(
    read.list(
      read.object<Rendition>({
        name: read.text,
        width: read.atLeastZero,
        height: read.atLeastZero,
      }),
    ),
    [],
  ),
  subtitles: read.orElse(
    read.list(
      read.object<VideoSubtitle>({
        id: read.text,
        language: read.orElse(read.text, ''),
        title: read.orElse(read.text, ''),
        source: read.orElse(read.text, ''),
        url: read.orNull(read.text),
      }),
    ),
    [],
  ),
  poster: read.orNull(read.text),
  error: read.orNull(
    read.object<VideoError>({ code: read.text, message: read.orElse(read.text, '') }),
  ),
  size: read.orNull(read.atLeastZero),
  upload: read.orNull(
    read.object<UploadState>({
      id: read.text,
      offset: read.atLeastZero,
      length: read.atLeastZero,
      expires_at: read.orNull(read.text),
    }),
  ),
  eta_seconds: read.orNull(read.atLeastZero),
  created_at: read.text,
});

const component = read.object<Omit<ComponentHealth, 'name'>>({
  status: read.text,
  latency_ms: read.orNull(read.number),
  detail: read.orNull(read.text),
});

export const health: read.Reader<Health> = (value, path) => {
  const outer = read.object({
    status: read.oneOf(HEALTH),
    version: read.orElse(read.text, ''),
    node: read.orElse(read.text, ''),
    components: read.anything,
  })(value, path);
  const parts =
    typeof outer.components === 'object' && outer.components !== null ? outer.components : {};
  const components = Object.entries(parts).map(([name, part]) => ({
    name,
    ...component(part, `components.${name}`),
  }));
  return { ...outer, components };
};
