/** The HTTP API from outside the browser: sets the scene where the way there is not the point. */
import { openAsBlob, statSync } from 'node:fs';
import { basename } from 'node:path';
import { until } from './until';

export interface Account {
  readonly name: string;
  readonly id: string;
  readonly token: string;
}

export interface Film {
  readonly id: string;
  readonly status: string;
  readonly progress: number;
  readonly playable_until: number;
  readonly error?: { readonly code: string; readonly message: string } | null;
}

/** Encoding is work: on two cores, beside browsers that decode. */
const ENCODING_MS = 4 * 60_000;

export const PASSWORD = 'correct horse battery';

export class Api {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async register(name: string): Promise<Account> {
    const body = { username: name.toLowerCase(), password: PASSWORD, display_name: name };
    const { user, token } = (await this.post('/auth/register', body, null)) as {
      user: { id: string };
      token: string;
    };
    return { name, id: user.id, token };
  }

  async openRoom(owner: Account, wishes: object = {}): Promise<string> {
    const room = await this.post('/rooms', { name: `${owner.name}'s room`, ...wishes }, owner);
    return (room as { code: string }).code;
  }

  async changeRoom(owner: Account, code: string, wishes: object): Promise<void> {
    await this.#call('PATCH', `/rooms/${code}`, wishes, owner);
  }

  /** Sends a file in one piece, under its own name or another; gives the id of the film. */
  async upload(
    owner: Account,
    file: string,
    room: string | null = null,
    name = basename(file),
  ): Promise<string> {
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    const metadata = [`filename ${encode(name)}`];
    if (room !== null) metadata.push(`room ${encode(room)}`);
    const answer = await fetch(`${this.#url}/api/v1/uploads`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${owner.token}`,
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(statSync(file).size),
        'Upload-Metadata': metadata.join(','),
        'Content-Type': 'application/offset+octet-stream',
      },
      body: await openAsBlob(file),
    });
    const film = answer.headers.get('SyncWatch-Video');
    if (answer.status !== 201 || film === null) {
      throw new Error(`upload: ${String(answer.status)} ${await answer.text()}`);
    }
    return film;
  }

  async remove(owner: Account, film: string): Promise<void> {
    await this.#call('DELETE', `/videos/${film}`, null, owner);
  }

  async film(owner: Account, id: string): Promise<Film> {
    return (await this.#call('GET', `/videos/${id}`, null, owner)) as Film;
  }

  /** Waits until the film can be played, whole if asked. */
  async prepared(owner: Account, id: string, whole = true): Promise<Film> {
    return until(
      `the film to be ${whole ? 'ready' : 'playable'}`,
      async () => {
        const film = await this.film(owner, id);
        if (film.status === 'failed') throw new Error(`the film: ${JSON.stringify(film.error)}`);
        return (whole ? film.status === 'ready' : film.playable_until > 0) ? film : null;
      },
      { withinMs: ENCODING_MS, everyMs: 100 },
    );
  }

  post(path: string, body: object, who: Account | null): Promise<unknown> {
    return this.#call('POST', path, body, who);
  }

  get(path: string, who: Account | null): Promise<unknown> {
    return this.#call('GET', path, null, who);
  }

  async #call(
    method: string,
    path: string,
    body: object | null,
    who: Account | null,
  ): Promise<unknown> {
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        ...(who === null ? {} : { Authorization: `Bearer ${who.token}` }),
        ...(body === null ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  }
}
