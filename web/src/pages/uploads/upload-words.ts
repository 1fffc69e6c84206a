/** What an upload is doing, in one line. */
import { bytes, percent, span, t } from '../../i18n';
import type { UploadTask } from '../../state/uploads.svelte';
import { codeWords } from '../words';

export function uploadWords(task: UploadTask): string {
  const words = t.library;
  switch (task.status) {
    case 'waiting':
      return words.waiting;
    case 'paused':
      return words.paused(percent(task.share));
    case 'interrupted':
      return words.reconnecting;
    case 'failed':
      return `${words.failed}. ${codeWords(task.failure ?? 'unknown')}`;
    case 'done':
      return words.uploaded;
    case 'sending': {
      if (task.share >= 1) return words.finishing;
      const parts = [words.sending(bytes(task.sentBytes), bytes(task.file.size))];
      if (task.bytesPerSecond !== null) parts.push(words.rate(bytes(task.bytesPerSecond)));
      if (task.secondsLeft !== null) parts.push(words.left(span(task.secondsLeft)));
      return parts.join(' · ');
    }
  }
}
