/**
 * A module `virtual:emoji` with what the emoji picker needs and no more: groups of [emoji, words to
 * find it by], made from the data packages when the app is built.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const ID = 'virtual:emoji';
/** Newer ones are boxes on the devices of today. */
const NEWEST = 15;

export function emoji() {
  const resolved = `\0${ID}`;
  return {
    name: 'syncwatch-emoji',
    resolveId: (id) => (id === ID ? resolved : undefined),
    async load(id) {
      if (id !== resolved) return undefined;
      const { resolve } = createRequire(import.meta.url);
      const json = async (path) => JSON.parse(await readFile(resolve(path), 'utf8'));
      const groups = await json('unicode-emoji-json/data-by-group.json');
      const words = await json('emojilib/dist/emoji-en-US.json');
      const compact = groups.map(({ slug, emojis }) => [
        slug,
        emojis
          .filter(({ emoji_version: version }) => Number(version) <= NEWEST)
          .map((one) => [one.emoji, wordsOf(one, words[one.emoji] ?? [])]),
      ]);
      // Text is parsed quicker than a literal of this size.
      return `export const GROUPS = JSON.parse(${JSON.stringify(JSON.stringify(compact))});`;
    },
  };
}

/** Its name first, then what else it may be looked for by, each once. */
function wordsOf({ name }, keywords) {
  const all = [name, ...keywords].map((word) => word.replace(/_/g, ' ').toLowerCase());
  return [...new Set(all)].slice(0, 9).join(', ');
}
