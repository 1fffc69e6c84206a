/** Who somebody is: sign-up, sign-in, guests, the account. */
import { read } from '../protocol';
import { inside, nothing, type Answer, type Http } from './http';
import { setup, user, type Setup, type User } from './shapes';

export interface NewAccount {
  readonly username: string;
  readonly password: string;
  readonly display_name?: string;
  readonly setup_token?: string;
  readonly invitation?: string;
}

export interface ProfileChange {
  readonly display_name?: string;
  readonly password?: string;
  readonly current_password?: string;
}

export interface Invitation {
  readonly token: string;
  readonly expires_at: string;
}

const invitation = read.object<Invitation>({ token: read.text, expires_at: read.text });

export class Accounts {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  setup(): Promise<Answer<Setup>> {
    return this.#http.call({ path: 'setup', read: (body) => setup(body, '') });
  }

  me(): Promise<Answer<User>> {
    return this.#http.call({ path: 'me', read: inside('user', user) });
  }

  register(account: NewAccount): Promise<Answer<User>> {
    return this.#signIn('auth/register', { ...account });
  }

  login(username: string, password: string): Promise<Answer<User>> {
    return this.#signIn('auth/login', { username, password });
  }

  guest(displayName: string): Promise<Answer<User>> {
    return this.#signIn('auth/guest', { display_name: displayName });
  }

  logout(): Promise<Answer<void>> {
    return this.#http.call({ method: 'POST', path: 'auth/logout', read: nothing });
  }

  change(change: ProfileChange): Promise<Answer<User>> {
    const json = { ...change };
    return this.#http.call({ method: 'PATCH', path: 'me', json, read: inside('user', user) });
  }

  remove(): Promise<Answer<void>> {
    return this.#http.call({ method: 'DELETE', path: 'me', read: nothing });
  }

  invite(): Promise<Answer<Invitation>> {
    return this.#http.call({
      method: 'POST',
      path: 'invitations',
      json: {},
      read: (body) => invitation(body, ''),
    });
  }

  #signIn(path: string, json: Readonly<Record<string, unknown>>): Promise<Answer<User>> {
    // The token stays in its cookie, where no script can read it.
    return this.#http.call({ method: 'POST', path, json, read: inside('user', user) });
  }
}
