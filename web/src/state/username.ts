/** From what somebody calls themselves to the name they sign in with. Pure. */

const ALLOWED = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{1,30})[A-Za-z0-9]$/;

/**
 * The same for the same words, so that signing in takes what signing up took. What cannot be
 * written in the letters of user names is given back as it is: the server says what is wrong.
 */
export function usernameOf(typed: string): string {
  const name = typed.trim();
  if (ALLOWED.test(name)) return name;
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/[øØ]/g, 'o')
    .replace(/[æÆ]/g, 'ae')
    .replace(/[łŁ]/g, 'l')
    .replace(/[\s'’]+/g, '-')
    .replace(/[^A-Za-z0-9._-]/g, '')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 32)
    .toLowerCase();
  return ALLOWED.test(plain) ? plain : name;
}
