/** Which files can be uploaded, and what a film from one is called. Pure. */

const VIDEO_NAME =
  /\.(?:mp4|m4v|mov|mkv|webm|avi|mpe?g|mpv|m2v|vob|ts|mts|m2ts|m2t|ogv|ogm|flv|f4v|wmv|asf|3gp|3g2|mxf|divx|dv|rm|rmvb|y4m|nut)$/i;
export const SUBTITLE_NAME = /\.(?:srt|vtt|ass|ssa)$/i;

/** For `<input accept>`. */
export const FILM_ACCEPT =
  'video/*,.mkv,.avi,.ts,.mts,.m2ts,.vob,.flv,.wmv,.ogv,.rmvb,.mxf,.divx,.m2v,.nut';
export const SUBTITLE_ACCEPT = '.srt,.vtt,.ass,.ssa,text/vtt';

export type FileVerdict = 'film' | 'not_a_film' | 'empty' | 'too_large';

export interface FileLike {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** The server looks inside; this only spares an upload that cannot end well. */
export function judgeFile(file: FileLike, mostBytes: number | null): FileVerdict {
  const looksRight =
    file.type.startsWith('video/') ||
    VIDEO_NAME.test(file.name) ||
    // A name that tells nothing, of a type that nobody knows: it may be one.
    (file.type === '' && !/\.[a-z0-9]{1,5}$/i.test(file.name)) ||
    file.type === 'application/octet-stream';
  if (!looksRight) return 'not_a_film';
  if (file.size === 0) return 'empty';
  if (mostBytes !== null && mostBytes > 0 && file.size > mostBytes) return 'too_large';
  return 'film';
}

/** "Big.Buck.Bunny_1080p.mkv" → "Big Buck Bunny 1080p". */
export function titleOf(fileName: string): string {
  const stem = fileName.replace(/\.[a-z0-9]{1,5}$/i, '');
  const words = /\s/.test(stem) ? stem : stem.replace(/[._]+/g, ' ');
  return words.trim() === '' ? fileName : words.trim();
}
