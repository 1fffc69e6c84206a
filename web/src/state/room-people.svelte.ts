/** Who is in the room, who we are in it, and since when each is as they are. */
import type { Member, MembersFrame, OwnMember, RoleSend } from '../protocol';
import { mergeMembers } from './roster';

type Ask = (
  request:
    { type: 'role'; member: string; role: RoleSend['role'] } | { type: 'kick'; member: string },
) => void;

export class RoomPeople {
  /** As we were welcomed; `self` is as we are now. */
  you = $state.raw<OwnMember | null>(null);
  /** In the order of joining, you included. */
  members = $state.raw<readonly Member[]>([]);
  readonly self = $derived<Member | null>(
    this.members.find((one) => one.id === this.you?.id) ?? this.you,
  );
  /** The one who acts as host. */
  readonly host = $derived(this.members.find((one) => one.host) ?? null);

  readonly #ask: Ask;
  readonly #nowMs: () => number;
  /** Member → the state they are in, and since when we know of it. */
  #since = new Map<string, { readonly state: string; readonly atMs: number }>();

  constructor(ask: Ask, nowMs: () => number) {
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  welcomed(you: OwnMember, members: readonly Member[]): void {
    this.you = you;
    this.members = members;
    this.#note();
  }

  changed(frame: Pick<MembersFrame, 'joined' | 'left' | 'changed'>): void {
    this.members = mergeMembers(this.members, frame);
    this.#note();
  }

  find(id: string | null): Member | null {
    return this.members.find((one) => one.id === id) ?? null;
  }

  /** `performance.now()` of when a member came into its present state, as far as we know. */
  sinceMs(id: string): number | null {
    return this.#since.get(id)?.atMs ?? null;
  }

  setRole(member: string, role: RoleSend['role']): void {
    this.#ask({ type: 'role', member, role });
  }

  kick(member: string): void {
    this.#ask({ type: 'kick', member });
  }

  #note(): void {
    const atMs = this.#nowMs();
    this.#since = new Map(
      this.members.map(({ id, state }) => {
        const before = this.#since.get(id);
        return [id, before?.state === state ? before : { state, atMs }];
      }),
    );
  }
}
