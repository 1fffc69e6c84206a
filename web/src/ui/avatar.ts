/** A face for somebody without a picture: two letters and a hue that stays. Pure. */

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function firstOf(word: string): string {
  for (const { segment } of segments.segment(word)) return segment;
  return '';
}

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = firstOf(words[0] ?? '?');
  const last = words.length > 1 ? firstOf(words[words.length - 1] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

/** The same for the same id, in degrees, in steps that can be told apart. */
export function hueOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i += 1) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) >>> 0;
  return ((hash ^ (hash >>> 13)) % 18) * 20;
}
