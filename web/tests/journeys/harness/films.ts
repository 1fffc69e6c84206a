/**
 * The films that journeys show. A real one, Big Buck Bunny (© Blender Foundation, CC BY 3.0), and
 * made ones that carry the number of each frame in a strip of twelve squares along their lower
 * edge (bit 0 at the left, white is 1), so that a test can tell which frame a person sees.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BUNNY, FILMS } from './paths';

const run = promisify(execFile);
const file = (name: string): string => join(FILMS, name);

export const films = {
  /** Real, 1920×1080, 24 frames a second, 30 s, its keyframes up to 10 s apart. */
  bunny1080: BUNNY,
  /** Real, 854×480, as browsers play it: three minutes. */
  bunny480: file('bunny480.mp4'),
  /** Numbered, 854×480, 30 frames a second, 90 s, as browsers play it. */
  numbered: file('numbered.mp4'),
  /** Numbered and small, for journeys that are not about the picture: 40 s. */
  small: file('small.mp4'),
  /** Half a minute that has to be transcoded. */
  old: file('old.avi'),
  /** English and German sound and subtitles. */
  tongues: file('tongues.mkv'),
  /** No film at all. */
  text: file('text.mp4'),
} as const;

export const NUMBERED_RATE = 30;

function ffmpeg(...args: readonly string[]): Promise<unknown> {
  return run('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args], {
    maxBuffer: 16 * 1024 * 1024,
  });
}

/** The filters that write each frame's number into it. */
function numbers(): string {
  const bits = Array.from({ length: 12 }, (_, bit) => {
    const x = `iw*${String(bit)}/12`;
    const on = `bitand(n,${String(1 << bit)})`;
    return `drawbox=x=${x}:y=ih*7/8:w=iw/12:h=ih/8:t=fill:color=white:enable='${on}'`;
  });
  return ['drawbox=x=0:y=ih*7/8:w=iw:h=ih/8:t=fill:color=black', ...bits].join(',');
}

function numbered(size: string, seconds: number, to: string): Promise<unknown> {
  const rate = String(NUMBERED_RATE);
  const picture = `testsrc2=s=${size}:r=${rate}:d=${String(seconds)},${numbers()},format=yuv420p`;
  const beeps = `aevalsrc='if(lt(mod(t,1),0.1),0.2*sin(2*PI*1000*t),0)':s=48000:d=${String(seconds)}`;
  return ffmpeg(
    ...['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', beeps],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '24', '-profile:v', 'high'],
    ...['-g', '60', '-sc_threshold', '0', '-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
    ...['-movflags', '+faststart', to],
  );
}

async function tongues(to: string): Promise<unknown> {
  const subtitles = (name: string, text: string): string => {
    const path = file(name);
    writeFileSync(path, `1\n00:00:01,000 --> 00:00:30,000\n${text}\n`);
    return path;
  };
  const english = subtitles('english.srt', 'Good evening <i>everyone</i>');
  const german = subtitles('german.srt', 'Guten Abend, schöne Grüße 😀');
  return ffmpeg(
    ...['-t', '30', '-i', films.small, '-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=30'],
    ...['-f', 'lavfi', '-i', 'sine=f=880:r=48000:d=30', '-i', english, '-i', german],
    ...['-map', '0:v', '-map', '1:a', '-map', '2:a', '-map', '3', '-map', '4'],
    ...['-c:v', 'copy', '-c:a', 'aac', '-ac', '2', '-c:s', 'srt'],
    ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu'],
    ...['-metadata:s:s:0', 'language=eng', '-metadata:s:s:1', 'language=deu', to],
  );
}

const MAKE: readonly (readonly [to: string, make: (to: string) => Promise<unknown>])[] = [
  [films.numbered, (to) => numbered('854x480', 90, to)],
  [films.small, (to) => numbered('320x180', 40, to)],
  [
    films.bunny480,
    (to) =>
      ffmpeg(
        ...['-stream_loop', '5', '-i', BUNNY, '-t', '180', '-vf', 'scale=854:480,format=yuv420p'],
        ...['-c:v', 'libx264', '-preset', 'superfast', '-crf', '25', '-g', '48'],
        ...['-sc_threshold', '0', '-c:a', 'aac', '-ac', '2', '-b:a', '96k'],
        ...['-movflags', '+faststart', to],
      ),
  ],
  [
    films.old,
    (to) =>
      ffmpeg(
        ...['-i', BUNNY, '-vf', 'scale=1280:720'],
        ...['-c:v', 'mpeg4', '-q:v', '6', '-c:a', 'libmp3lame', '-ac', '2', to],
      ),
  ],
  [films.tongues, tongues],
];

/** Makes those that are not there yet; takes a minute the first time. */
export async function prepareFilms(): Promise<void> {
  mkdirSync(FILMS, { recursive: true });
  writeFileSync(films.text, 'This is no film, whatever its name says.\n');
  for (const [to, make] of MAKE) {
    if (existsSync(to)) continue;
    // A run that is cut short must not leave half a film.
    const half = to.replace(/(\.\w+)$/, '.half$1');
    await make(half);
    renameSync(half, to);
  }
}
