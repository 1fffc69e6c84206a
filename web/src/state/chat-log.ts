/** The messages of a room in order, our own unsent ones at the end. Pure: a new list per change. */
import type { ChatMessage } from '../protocol';
import type { ChatEntry } from './room-types';

/** Older ones are fetched again when somebody scrolls up. */
const MOST_KEPT = 2000;

function entryOf(message: ChatMessage, ownId: string | null, key: string): ChatEntry {
  return {
    key,
    id: message.id,
    by: message.by,
    name: message.name,
    own: message.by === ownId,
    text: message.text,
    replyTo: message.reply_to,
    positionSeconds: message.position,
    sentAtMs: message.sent_at / 1000,
    status: 'sent',
    failure: null,
  };
}

/** In the order of time, then of ids. Entries without an id come last, as they stand. */
function inOrder(entries: readonly ChatEntry[]): ChatEntry[] {
  const known = entries.filter((entry) => entry.id !== null);
  const unsent = entries.filter((entry) => entry.id === null);
  known.sort((a, b) => a.sentAtMs - b.sentAtMs || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  return [...known.slice(-MOST_KEPT), ...unsent];
}

/**
 * Takes messages from the server, new or already known. One of ours that still waits for its
 * broadcast is recognised by its words, oldest first, and keeps its key.
 */
export function mergeMessages(
  entries: readonly ChatEntry[],
  messages: readonly ChatMessage[],
  ownId: string | null,
): readonly ChatEntry[] {
  const merged = [...entries];
  let added = false;
  for (const message of messages) {
    const known = merged.findIndex((entry) => entry.id === message.id);
    if (known >= 0) continue;
    added = true;
    const waiting =
      message.by === ownId
        ? merged.findIndex(
            (entry) =>
              entry.id === null &&
              entry.status !== 'failed' &&
              entry.text === message.text &&
              entry.replyTo === message.reply_to,
          )
        : -1;
    const before = merged[waiting];
    if (before === undefined) {
      merged.push(entryOf(message, ownId, message.id));
    } else {
      merged[waiting] = { ...entryOf(message, ownId, before.key), status: before.status };
    }
  }
  return added ? inOrder(merged) : entries;
}

/** Our own line, shown before the server has it. */
export function withOwn(entries: readonly ChatEntry[], own: ChatEntry): readonly ChatEntry[] {
  return [...entries, own];
}

/** The server's answer to one of our own lines. */
export function withAnswer(
  entries: readonly ChatEntry[],
  key: string,
  change: Partial<Pick<ChatEntry, 'status' | 'failure' | 'id'>>,
): readonly ChatEntry[] {
  const index = entries.findIndex((entry) => entry.key === key);
  const entry = entries[index];
  if (entry === undefined) return entries;
  if (change.id !== undefined && entries.some((other) => other.id === change.id)) {
    if (entry.id !== change.id) {
      // The broadcast came first and was taken for somebody else's: ours is the double.
      return entries.filter((other) => other.key !== key);
    }
  }
  const changed = [...entries];
  changed[index] = { ...entry, ...change };
  return change.id === undefined ? changed : inOrder(changed);
}

/** The newest message that the server gave us, for `hello.resume.last_message`. */
export function lastKnownId(entries: readonly ChatEntry[]): string | undefined {
  for (let i = entries.length - 1; i >= 0; i -= 1) {
    const id = entries[i]?.id;
    if (id !== null && id !== undefined) return id;
  }
  return undefined;
}
