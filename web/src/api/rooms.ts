/** Rooms from outside: which there are, how they are set, who may come in. */
import {
  read,
  type ChatMessage,
  type ControlPolicy,
  type HoldPolicy,
  type Visibility,
} from '../protocol';
import { inside, nothing, type Answer, type Http } from './http';
import { ban, room, type Ban, type RoomInfo } from './shapes';

export interface RoomWish {
  readonly name?: string;
  /** Null takes it away. */
  readonly password?: string | null;
  readonly control?: ControlPolicy;
  readonly visibility?: Visibility;
  readonly hold?: HoldPolicy;
  readonly capacity?: number;
}

export interface Joined {
  readonly room: RoomInfo;
  /** The path of the socket, with a ticket that is good once and for seconds. */
  readonly ws: string;
}

export interface BanWish {
  readonly user: string;
  readonly address_too: boolean;
  /** Absent: for good. */
  readonly seconds?: number;
}

export interface MessagePage {
  readonly messages: readonly ChatMessage[];
  readonly more: boolean;
}

/** RFC 3339 → µs since the Unix epoch, as frames have it. */
const instantUs: read.Reader<number> = (value, path) => {
  const ms = Date.parse(read.text(value, path));
  if (Number.isNaN(ms)) throw new read.Malformed(path, 'a time');
  return ms * 1000;
};

const message = read.object<ChatMessage>({
  id: read.text,
  by: read.text,
  name: read.text,
  text: read.text,
  reply_to: read.orNull(read.text),
  position: read.orNull(read.atLeastZero),
  sent_at: instantUs,
});
const messagePage = read.object<MessagePage>({ messages: read.list(message), more: read.flag });
const joined = read.object<Joined>({ room, ws: read.text });

export class Rooms {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  list(signal?: AbortSignal): Promise<Answer<readonly RoomInfo[]>> {
    return this.#http.call({
      path: 'rooms',
      read: inside('rooms', read.list(room)),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  get(code: string): Promise<Answer<RoomInfo>> {
    return this.#http.call({
      path: `rooms/${encodeURIComponent(code)}`,
      read: inside('room', room),
    });
  }

  create(wish: RoomWish & { readonly name: string }): Promise<Answer<RoomInfo>> {
    const json = { ...wish };
    return this.#http.call({ method: 'POST', path: 'rooms', json, read: inside('room', room) });
  }

  change(code: string, wish: RoomWish): Promise<Answer<RoomInfo>> {
    const json = { ...wish };
    const path = `rooms/${code}`;
    return this.#http.call({ method: 'PATCH', path, json, read: inside('room', room) });
  }

  remove(code: string): Promise<Answer<void>> {
    return this.#http.call({ method: 'DELETE', path: `rooms/${code}`, read: nothing });
  }

  join(code: string, password: string | null, signal?: AbortSignal): Promise<Answer<Joined>> {
    return this.#http.call({
      method: 'POST',
      path: `rooms/${encodeURIComponent(code)}/join`,
      json: password === null ? {} : { password },
      read: (body) => joined(body, ''),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** What was said before message `before`, newest last. */
  messages(code: string, before: string, limit = 50): Promise<Answer<MessagePage>> {
    const query = new URLSearchParams({ before, limit: String(limit) });
    return this.#http.call({
      path: `rooms/${code}/messages?${query.toString()}`,
      read: (body) => messagePage(body, ''),
    });
  }

  bans(code: string): Promise<Answer<readonly Ban[]>> {
    return this.#http.call({ path: `rooms/${code}/bans`, read: inside('bans', read.list(ban)) });
  }

  ban(code: string, wish: BanWish): Promise<Answer<Ban>> {
    const json = { ...wish };
    const path = `rooms/${code}/bans`;
    return this.#http.call({ method: 'POST', path, json, read: inside('ban', ban) });
  }

  liftBan(code: string, id: string): Promise<Answer<void>> {
    return this.#http.call({ method: 'DELETE', path: `rooms/${code}/bans/${id}`, read: nothing });
  }
}
