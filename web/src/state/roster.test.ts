import { describe, expect, it } from 'vitest';
import type { Member } from '../protocol';
import { mayControl, mergeMembers } from './roster';

const member = (id: string, change: Partial<Member> = {}): Member => ({
  id,
  name: id,
  kind: 'guest',
  role: 'viewer',
  host: false,
  state: 'playing',
  drift_ms: null,
  voice: null,
  ...change,
});
const NOBODY = { joined: [], left: [], changed: [] };

describe('mergeMembers', () => {
  it('keeps the order of joining', () => {
    const members = [member('a'), member('b')];
    const merged = mergeMembers(members, { ...NOBODY, joined: [member('c')], left: ['a'] });
    expect(merged.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('changes what is named and leaves the rest', () => {
    const changed = [{ id: 'a', state: 'buffering' as const }];
    expect(mergeMembers([member('a', { drift_ms: 3 })], { ...NOBODY, changed })).toEqual([
      member('a', { drift_ms: 3, state: 'buffering' }),
    ]);
  });

  it('has nobody twice who joins again, and nobody who only changes', () => {
    const joined = [member('a', { name: 'Ada' })];
    const merged = mergeMembers([member('a')], { joined, left: [], changed: [{ id: 'x' }] });
    expect(merged).toEqual([member('a', { name: 'Ada' })]);
  });
});

describe('mayControl', () => {
  const viewer = member('v');
  const moderator = member('m', { role: 'moderator' });
  const owner = member('o', { role: 'owner' });
  const host = member('h', { host: true });

  it.each([
    ['everyone', [true, true, true, true]],
    ['moderators', [false, true, true, true]],
    ['host', [false, false, true, true]],
  ] as const)('%s', (policy, expected) => {
    expect([viewer, moderator, owner, host].map((one) => mayControl(policy, one))).toEqual(
      expected,
    );
  });
});
