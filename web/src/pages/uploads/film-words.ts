/** Why a film cannot be played, in words that help. */
import type { VideoError } from '../../protocol';
import { t } from '../../i18n';

export function filmErrorWords(error: VideoError | null): string {
  if (error === null) return t.library.status.failed;
  const words: Readonly<Record<string, string>> = t.library.errors;
  return words[error.code] ?? (error.message === '' ? t.library.status.failed : error.message);
}

/** Faults of the file itself: only another file helps. */
const LASTING = new Set([
  'empty',
  'not_a_video',
  'no_video',
  'damaged',
  'unsupported_codec',
  'protected',
  'too_long',
  'too_many_pixels',
  'original_missing',
]);

/** Preparing the film once more may go better. */
export function mayRetry(error: VideoError | null): boolean {
  return error === null || !LASTING.has(error.code);
}
