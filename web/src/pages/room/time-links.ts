/** Finds the times and the links in what people write. Pure. */

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'time'; readonly text: string; readonly seconds: number }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const FOUND =
  /(?<link>https?:\/\/[^\s<>"]+)|(?<![\d:.,/-])(?<time>(?:\d{1,2}:[0-5]\d:[0-5]\d|\d{1,3}:[0-5]\d))(?![\d:]|[.,/-]\d)/giu;
/** Ends of sentences, not of addresses. */
const AFTER_LINK = /[.,;:!?'")\]}]+$/;

function secondsOf(time: string): number {
  return time.split(':').reduce((total, part) => total * 60 + Number(part), 0);
}

/** `durationSeconds` 0: unknown, then every time may be one of the film. */
export function partsOf(text: string, durationSeconds: number): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  const add = (part: TextPart, at: number, length: number): void => {
    if (at > from) parts.push({ kind: 'text', text: text.slice(from, at) });
    parts.push(part);
    from = at + length;
  };
  for (const match of text.matchAll(FOUND)) {
    const { link, time } = match.groups ?? {};
    if (link !== undefined) {
      const href = link.replace(AFTER_LINK, '');
      if (URL.canParse(href)) add({ kind: 'link', text: href, href }, match.index, href.length);
    } else if (time !== undefined) {
      const seconds = secondsOf(time);
      if (durationSeconds > 0 && seconds > durationSeconds) continue;
      add({ kind: 'time', text: time, seconds }, match.index, time.length);
    }
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** One to three emoji and nothing else are shown large. */
export function isEmojiOnly(text: string): boolean {
  return /^(?:\p{RI}\p{RI}|[\p{Extended_Pictographic}](?:[\u{1F3FB}-\u{1F3FF}]|\uFE0F|\u20E3|\u200D\p{Extended_Pictographic})*\s*){1,3}$/u.test(
    text.trim(),
  );
}
