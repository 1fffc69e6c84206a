import { describe, expect, it } from 'vitest';
import type { ChatEntry } from '../../state/room-types';
import { groupChat } from './chat-groups';

const NOON = new Date(2025, 10, 24, 12).getTime();

function said(key: string, by: string, atMs: number, replyTo: string | null = null): ChatEntry {
  return {
    key,
    id: key,
    by,
    name: by,
    own: false,
    text: key,
    replyTo,
    positionSeconds: null,
    sentAtMs: NOON + atMs,
    status: 'sent',
    failure: null,
  };
}

const keys = (entries: readonly ChatEntry[], unread: string | null = null): string[][] =>
  groupChat(entries, unread).map((group) => group.entries.map(({ key }) => key));

describe('groups of messages', () => {
  it('hold what one person says in a row', () => {
    expect(keys([said('1', 'ada', 0), said('2', 'ada', 1000), said('3', 'bo', 2000)])).toEqual([
      ['1', '2'],
      ['3'],
    ]);
  });

  it('end with a silence, a reply and a day', () => {
    const day = 24 * 3_600_000;
    const entries = [
      said('1', 'ada', 0),
      said('2', 'ada', 6 * 60_000),
      said('3', 'ada', 6 * 60_000 + 1, '1'),
      said('4', 'ada', day),
    ];
    expect(keys(entries)).toEqual([['1'], ['2'], ['3'], ['4']]);
    expect(groupChat(entries, null).map(({ day: one }) => one !== null)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('begin anew at the first that was not read', () => {
    const groups = groupChat([said('1', 'ada', 0), said('2', 'ada', 1)], '2');
    expect(groups.map(({ isNew }) => isNew)).toEqual([false, true]);
  });
});
