/** Finds emoji by words: those whose name begins with what was typed come first. Pure. */

export type EmojiEntry = readonly [emoji: string, words: string];

const MOST = 80;

function rank(words: string, query: string): number {
  if (words.startsWith(query)) return 0;
  const name = words.split(', ', 1)[0] ?? '';
  if (` ${name}`.includes(` ${query}`)) return 1;
  if (` ${words}`.includes(` ${query}`)) return 2;
  return words.includes(query) ? 3 : 4;
}

export function searchEmoji(all: readonly EmojiEntry[], typed: string): readonly EmojiEntry[] {
  const query = typed.trim().toLowerCase().replace(/^:|:$/g, '').replace(/_/g, ' ');
  if (query === '') return [];
  return all
    .map((entry) => ({ entry, rank: rank(entry[1], query) }))
    .filter((found) => found.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MOST)
    .map((found) => found.entry);
}
