/** Who is using this browser, and what the server allows. */
import type { Accounts, Answer, NewAccount, Problem, ProfileChange, Setup, User } from '../api';

export type AccountStatus = 'looking' | 'signed_in' | 'signed_out' | 'unreachable';

const LOOK_AGAIN_MS = 3000;

export class Account {
  status = $state<AccountStatus>('looking');
  user = $state.raw<User | null>(null);
  setup = $state.raw<Setup | null>(null);
  readonly mayUpload = $derived.by(() => {
    if (this.user === null) return false;
    return this.user.kind === 'user' || this.setup?.guests_may_upload === true;
  });
  readonly mayCreateRooms = $derived.by(() => {
    if (this.user === null) return false;
    return this.user.kind === 'user' || this.setup?.guests_may_create_rooms === true;
  });

  readonly #accounts: Accounts;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** Asks who we are; again and again while nobody answers. */
  async look(): Promise<void> {
    const [me, setup] = await Promise.all([this.#accounts.me(), this.#accounts.setup()]);
    if (setup.ok) this.setup = setup.value;
    if (me.ok) {
      this.#signedIn(me.value);
    } else if (me.problem.status === 401 && setup.ok) {
      this.#signedOut();
    } else {
      if (this.status === 'looking') this.status = 'unreachable';
      setTimeout(() => {
        if (this.status === 'unreachable') void this.look();
      }, LOOK_AGAIN_MS);
    }
  }

  async register(account: NewAccount): Promise<Problem | null> {
    const problem = this.#arrived(await this.#accounts.register(account));
    if (problem === null && this.setup !== null) {
      this.setup = { ...this.setup, needs_first_account: false, needs_setup_token: false };
    }
    return problem;
  }

  async login(username: string, password: string): Promise<Problem | null> {
    return this.#arrived(await this.#accounts.login(username, password));
  }

  async beGuest(name: string): Promise<Problem | null> {
    return this.#arrived(await this.#accounts.guest(name));
  }

  async change(change: ProfileChange): Promise<Problem | null> {
    return this.#arrived(await this.#accounts.change(change));
  }

  async logout(): Promise<Problem | null> {
    const answer = await this.#accounts.logout();
    if (!answer.ok && answer.problem.status !== 401) return answer.problem;
    this.#signedOut();
    return null;
  }

  async remove(): Promise<Problem | null> {
    const answer = await this.#accounts.remove();
    if (!answer.ok) return answer.problem;
    this.#signedOut();
    return null;
  }

  /** The server does not know us any more. */
  lost(): void {
    this.#signedOut();
  }

  #arrived(answer: Answer<User>): Problem | null {
    if (!answer.ok) return answer.problem;
    this.#signedIn(answer.value);
    return null;
  }

  #signedIn(user: User): void {
    this.user = user;
    this.status = 'signed_in';
  }

  #signedOut(): void {
    this.user = null;
    this.status = 'signed_out';
  }
}
