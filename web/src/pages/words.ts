/** Problems of the server in the words of the catalogue. */
import type { Problem } from '../api';
import { span, t } from '../i18n';

/** Codes whose words need nothing but themselves. */
function plainWords(code: string): string | null {
  const words = t.problems;
  switch (code) {
    case 'network':
      return words.network;
    case 'timeout':
      return words.timeout;
    case 'unreadable':
      return words.unreadable;
    case 'unauthenticated':
      return words.unauthenticated;
    case 'bad_credentials':
      return words.badCredentials;
    case 'wrong_password':
      return words.wrongPassword;
    case 'banned':
      return words.banned;
    case 'not_found':
      return words.notFound;
    case 'room_full':
      return words.roomFull;
    case 'username_taken':
      return words.usernameTaken;
    case 'too_large':
      return words.tooLarge;
    case 'unavailable':
      return words.unavailable;
    case 'read_only':
      return words.readOnly;
    case 'disk_full':
      return words.diskFull;
    default:
      return null;
  }
}

export function codeWords(code: string): string {
  return plainWords(code) ?? (code === 'forbidden' ? t.problems.forbidden : t.problems.unknown);
}

export function problemWords(problem: Problem): string {
  const wait = problem.retryAfterSeconds === null ? null : span(problem.retryAfterSeconds);
  if (problem.code === 'locked_out') return t.problems.lockedOut(wait);
  if (problem.code === 'too_many_requests') return t.problems.tooManyRequests(wait);
  const plain = plainWords(problem.code);
  if (plain !== null) return plain;
  // The server's own words where ours would say less.
  if (problem.detail !== '') return problem.detail;
  if (problem.code === 'forbidden') return t.problems.forbidden;
  if (problem.code === 'conflict') return t.problems.conflict;
  return problem.status === 422 ? t.problems.invalid : t.problems.unknown;
}

/** What is wrong with one field of a form. */
export function fieldWords(problem: Problem | null, field: string): string | undefined {
  const found = problem?.fields.find((one) => one.field === field);
  if (found === undefined) return undefined;
  const words = found.message.trim();
  return words === '' ? undefined : words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** Words for the whole form; none where its fields say it all. */
export function formWords(problem: Problem | null, fields: readonly string[]): string | null {
  if (problem === null) return null;
  const told =
    problem.fields.length > 0 && problem.fields.every((one) => fields.includes(one.field));
  return told ? null : problemWords(problem);
}
