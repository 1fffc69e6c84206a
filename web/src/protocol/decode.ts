/** Text from the server → a frame that can be trusted, or why not. */
import {
  Malformed,
  anything,
  atLeastZero,
  flag,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  orElse,
  orNull,
  partial,
  positive,
  text,
  type Fields,
  type Reader,
} from './json-reader';
import type { ServerFrame, ServerFrameType } from './server-frames';
import {
  CONTROL_POLICIES,
  HOLD_POLICIES,
  MEMBER_KINDS,
  MEMBER_ROLES,
  MEMBER_STATES,
  VIDEO_STATUSES,
  VISIBILITIES,
  type ChatMessage,
  type IceServer,
  type Member,
  type MemberChange,
  type OwnMember,
  type Playback,
  type QueueItem,
  type Room,
  type VoiceState,
} from './shapes';

/** `unknown`: a well-formed frame of a kind we do not know; a newer server may send such. */
export type Decoded =
  | { readonly kind: 'frame'; readonly frame: ServerFrame }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const voice = object<VoiceState>({ joined: flag, muted: flag, speaking: flag });

const memberDetails: Fields<Omit<Member, 'id'>> = {
  name: text,
  kind: oneOf(MEMBER_KINDS),
  role: oneOf(MEMBER_ROLES),
  host: flag,
  state: oneOf(MEMBER_STATES),
  drift_ms: orNull(number),
  voice: orNull(voice),
};
const member = object<Member>({ id: text, ...memberDetails });
const ownMember = object<OwnMember>({ id: text, ...memberDetails, resume: text });
const memberId = object<Pick<Member, 'id'>>({ id: text });
const changedDetails = partial(memberDetails);
const memberChange: Reader<MemberChange> = (value, path) => ({
  ...memberId(value, path),
  ...changedDetails(value, path),
});

const room = object<Room>({
  code: text,
  name: text,
  owner: orNull(text),
  control: oneOf(CONTROL_POLICIES),
  visibility: oneOf(VISIBILITIES),
  hold: oneOf(HOLD_POLICIES),
  capacity: integer,
  has_password: flag,
  present: integer,
  created_at: text,
});

const playback = object<Playback>({
  item: nullable(text),
  video: nullable(text),
  paused: flag,
  rate: positive,
  position: atLeastZero,
  at_us: integer,
  stamp: text,
  by: orNull(text),
  held: list(text),
  hold: orNull(object({ until_us: integer, members: list(text) })),
});

const queueItem = object<QueueItem>({
  id: text,
  video: text,
  title: text,
  duration: orNull(atLeastZero),
  playable_until: atLeastZero,
  status: oneOf(VIDEO_STATUSES),
  progress: orNull(atLeastZero),
  error: orNull(object({ code: text, message: text })),
  added_by: orNull(text),
  votes: integer,
  master: orNull(text),
  sprite: orNull(text),
  poster: orNull(text),
  subtitles: orElse(list(object({ id: text, language: text, title: text, url: text })), []),
});

const chatMessage = object<ChatMessage>({
  id: text,
  by: text,
  name: text,
  text,
  reply_to: orNull(text),
  position: orNull(atLeastZero),
  sent_at: integer,
});

const oneOrMore: Reader<readonly string[]> = (value, path) =>
  typeof value === 'string' ? [value] : list(text)(value, path);
const iceUrls = object<Pick<IceServer, 'urls'>>({ urls: oneOrMore });
const iceSecrets = partial<Required<Omit<IceServer, 'urls'>>>({ username: text, credential: text });
const iceServer: Reader<IceServer> = (value, path) => ({
  ...iceUrls(value, path),
  ...iceSecrets(value, path),
});

type Bodies = {
  readonly [K in ServerFrameType]: Reader<Omit<Extract<ServerFrame, { type: K }>, 'type'>>;
};

const bodies: Bodies = {
  welcome: object({
    protocol: integer,
    you: ownMember,
    room,
    members: list(member),
    playback,
    queue: list(queueItem),
    messages: list(chatMessage),
    ice: list(iceServer),
    now_us: integer,
  }),
  clock: object({ t0: number, t1: integer, t2: integer }),
  playback: object({ playback }),
  members: object({
    joined: orElse(list(member), []),
    left: orElse(list(text), []),
    changed: orElse(list(memberChange), []),
  }),
  queue: object({ queue: list(queueItem) }),
  room: object({ room }),
  chat: object({ message: chatMessage }),
  react: object({ by: text, name: text, emoji: text, position: orNull(atLeastZero) }),
  voice: object({ member: text, state: voice }),
  signal: object({ from: text, data: anything }),
  ack: object({ id: text, message: orNull(text) }),
  error: object({ id: orNull(text), code: text, message: text }),
  notice: object({ code: text, active: flag, message: text }),
  goodbye: object({ reason: text, retry_ms: atLeastZero }),
};

const envelope = object({ type: text });

function isKnown(type: string): type is ServerFrameType {
  return Object.hasOwn(bodies, type);
}

/** Reads one parsed frame. Unknown fields are dropped, wrong or missing ones refuse the frame. */
export function decodeServerValue(value: unknown): Decoded {
  try {
    const { type } = envelope(value, '');
    if (!isKnown(type)) return { kind: 'unknown', type };
    // The table is keyed by the type, so body and type belong together.
    return { kind: 'frame', frame: { type, ...bodies[type](value, '') } as ServerFrame };
  } catch (fault) {
    if (fault instanceof Malformed) return { kind: 'malformed', reason: fault.message };
    throw fault;
  }
}

/** Reads one text frame as it came from the socket. */
export function decodeServerFrame(data: unknown): Decoded {
  if (typeof data !== 'string') return { kind: 'malformed', reason: 'frame: text wanted' };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { kind: 'malformed', reason: 'frame: JSON wanted' };
  }
  return decodeServerValue(value);
}
