/** Messages of one person in a row make one group. Pure. */
import type { ChatEntry } from '../../state/room-types';

export interface ChatGroup {
  readonly key: string;
  readonly by: string;
  readonly name: string;
  readonly own: boolean;
  readonly sentAtMs: number;
  /** Set where a day begins. */
  readonly day: number | null;
  /** The first of what was not read. */
  readonly isNew: boolean;
  readonly entries: readonly ChatEntry[];
}

/** After a longer silence the name is said again. */
const SILENCE_MS = 5 * 60_000;

function dayOf(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}

export function groupChat(
  entries: readonly ChatEntry[],
  firstUnread: string | null,
): readonly ChatGroup[] {
  const groups: (ChatGroup & { entries: ChatEntry[] })[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    const before = last?.entries.at(-1);
    const newDay = before === undefined || dayOf(before.sentAtMs) !== dayOf(entry.sentAtMs);
    const isNew = entry.key === firstUnread;
    const goesOn =
      last?.by === entry.by &&
      last.own === entry.own &&
      !newDay &&
      !isNew &&
      entry.replyTo === null &&
      entry.sentAtMs - before.sentAtMs < SILENCE_MS;
    if (goesOn) {
      last.entries.push(entry);
      continue;
    }
    groups.push({
      key: entry.key,
      by: entry.by,
      name: entry.name,
      own: entry.own,
      sentAtMs: entry.sentAtMs,
      day: newDay ? dayOf(entry.sentAtMs) : null,
      isNew,
      entries: [entry],
    });
  }
  return groups;
}
