/** Codes of rooms as people type them: Crockford's base 32, where O is 0 and I and L are 1. Pure. */

const CODE = /^[0-9A-HJKMNP-TV-Z]{10}$/;

/** The code as it is shown, `XXXXX-XXXXX`; null if it is none. */
export function parseRoomCode(typed: string): string | null {
  const code = typed
    .trim()
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return CODE.test(code) ? `${code.slice(0, 5)}-${code.slice(5)}` : null;
}

/** What was typed or pasted: a code, or a link that ends in one. */
export function findRoomCode(typed: string): string | null {
  const link = /\/room\/([^/?#\s]+)/i.exec(typed);
  return parseRoomCode(link?.[1] ?? typed);
}
