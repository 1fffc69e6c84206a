/** Reads WebVTT and SRT: both are blocks of a time line and text. Pure. */
import { plainText, type Cue } from './subtitle-cues';

const TIME = /(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})/;
const LINE = new RegExp(`^\\s*${TIME.source}\\s*-->\\s*${TIME.source}`);

function seconds(parts: readonly (string | undefined)[]): number {
  const [h = '0', m = '0', s = '0', fraction = '0'] = parts;
  return Number(h) * 3600 + Number(m) * 60 + Number(s) + Number(fraction.padEnd(3, '0')) / 1000;
}

interface RawCue {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** As it is written, markup and all. */
  readonly payload: string;
}

/** Blocks that have no time are notes and styles; what is broken is passed over. */
export function readCueBlocks(text: string): readonly RawCue[] {
  const cues: RawCue[] = [];
  for (const block of text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => line.includes('-->'));
    const times = LINE.exec(lines[at] ?? '');
    if (times === null) continue;
    const startSeconds = seconds(times.slice(1, 5));
    const endSeconds = seconds(times.slice(5, 9));
    if (endSeconds <= startSeconds) continue;
    cues.push({
      startSeconds,
      endSeconds,
      payload: lines
        .slice(at + 1)
        .join('\n')
        .trim(),
    });
  }
  return cues;
}

export function readSubtitles(text: string): readonly Cue[] {
  return readCueBlocks(text).map(({ startSeconds, endSeconds, payload }) => ({
    startSeconds,
    endSeconds,
    // SRT brings the codes of other players along.
    text: plainText(payload.replace(/\{\\[^}]*\}/g, '')),
  }));
}

/** UTF-8, with or without its mark; UTF-16 with one; what is neither was written on old Windows. */
export function decodeText(bytes: ArrayBuffer): string {
  const start = new Uint8Array(bytes.slice(0, 2));
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** A small picture out of the sheet of scrub pictures. */
export interface ScrubPicture {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const PLACE = /^(.*)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/;

/** `base`: the address of the list, which the sheets' names are relative to. */
export function readScrubPictures(text: string, base: string): readonly ScrubPicture[] {
  return readCueBlocks(text).flatMap(({ startSeconds, endSeconds, payload }) => {
    const place = PLACE.exec(payload);
    if (place === null) return [];
    const [, sheet = '', x, y, width, height] = place;
    return [
      {
        startSeconds,
        endSeconds,
        url: new URL(sheet, base).href,
        x: Number(x),
        y: Number(y),
        width: Number(width),
        height: Number(height),
      },
    ];
  });
}

export function pictureAt(
  pictures: readonly ScrubPicture[],
  positionSeconds: number,
): ScrubPicture | null {
  let low = 0;
  let high = pictures.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pictures[middle]?.startSeconds ?? Infinity) <= positionSeconds) low = middle;
    else high = middle - 1;
  }
  const found = pictures[low];
  return found !== undefined && positionSeconds < found.endSeconds + 0.5 ? found : null;
}
