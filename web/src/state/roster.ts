/** Who is in the room. Pure: a new list per change. */
import type { ControlPolicy, Member, MembersFrame } from '../protocol';

/** In the order of joining. A member that is not known cannot change. */
export function mergeMembers(
  members: readonly Member[],
  frame: Pick<MembersFrame, 'joined' | 'left' | 'changed'>,
): readonly Member[] {
  const left = new Set(frame.left);
  const byId = new Map(members.filter(({ id }) => !left.has(id)).map((one) => [one.id, one]));
  for (const joined of frame.joined) byId.set(joined.id, joined);
  for (const change of frame.changed) {
    const member = byId.get(change.id);
    if (member !== undefined) byId.set(change.id, { ...member, ...change });
  }
  return [...byId.values()];
}

export function mayControl(policy: ControlPolicy, member: Pick<Member, 'role' | 'host'>): boolean {
  switch (policy) {
    case 'everyone':
      return true;
    case 'moderators':
      return member.host || member.role !== 'viewer';
    case 'host':
      return member.host || member.role === 'owner';
  }
}
