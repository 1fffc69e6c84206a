// A film's whole job, from its last byte to ready, next to one ffmpeg that makes the same ladder.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { cpuSecondsOf } from './lib/child.mjs';
import { anywhere } from './lib/cores.mjs';
import { childSeconds, threadSeconds } from './lib/cost.mjs';
import { filmToEncode } from './lib/films.mjs';
import { scratch, tool } from './lib/paths.mjs';
import { Product } from './lib/product.mjs';
import { median, medianRatio, spread } from './lib/stats.mjs';

const preset = 'superfast';
const quality = '22';

function bytesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, name)))
    .filter((file) => file.isFile())
    .reduce((sum, file) => sum + file.size, 0);
}

/** The ladder's peaks, as docs/media-pipeline.md gives them. */
function peakBits({ width, height, frame_rate: rate }) {
  return Math.round((5e6 * ((width * height * rate) / (1920 * 1080 * 30)) ** 0.75) / 1000) * 1000;
}

/** What somebody would type who wants these rungs as HLS. */
function bareCommand(film, rungs, folder) {
  const split = rungs.map((_, i) => `[in${i}]`).join('');
  const scaled = rungs.map(({ width, height }, i) => `[in${i}]scale=${width}:${height},format=yuv420p[v${i}]`);
  const frames = String(Math.round(rungs[0].frame_rate * 2));
  const encoders = rungs.flatMap((rung, i) => [
    ...['-map', `[v${i}]`, `-c:v:${i}`, 'libx264', '-preset', preset, `-profile:v:${i}`, 'high'],
    ...['-crf', quality, `-maxrate:v:${i}`, String(peakBits(rung)), `-bufsize:v:${i}`, String(2 * peakBits(rung))],
    ...['-g', frames, '-keyint_min', frames, '-sc_threshold', '0'],
  ]);
  const variants = [...rungs.map((_, i) => `v:${i},agroup:sound`), 'a:0,agroup:sound'].join(' ');
  return [
    ...[tool('ffmpeg'), '-nostdin', '-y', '-loglevel', 'error', '-i', film, '-filter_complex'],
    `[0:v:0]split=${rungs.length}${split};${scaled.join(';')}`,
    ...encoders,
    ...['-map', '0:a:0', '-c:a', 'aac', '-ac', '2', '-ar', '48000', '-b:a', '160k'],
    ...['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'],
    ...['-hls_flags', 'independent_segments', '-hls_segment_filename', join(folder, '%v/%06d.m4s')],
    ...['-master_pl_name', 'master.m3u8', '-var_stream_map', variants, join(folder, '%v/index.m3u8')],
  ];
}

async function bareRun(film, rungs) {
  const folder = scratch('bare');
  rungs.concat('sound').forEach((_, i) => mkdirSync(join(folder, String(i))));
  const cpu = await cpuSecondsOf(anywhere(bareCommand(film, rungs, folder)));
  const bytes = bytesBelow(folder);
  rmSync(folder, { recursive: true });
  return { cpu, bytes };
}

async function job(product, film) {
  const cost = () => ({ children: childSeconds(product.pid), own: threadSeconds(product.pid) });
  let before;
  const id = await product.upload(film, () => (before = cost()));
  const begin = Date.now();
  const video = await product.ready(id);
  const took = (Date.now() - begin) / 1000;
  const after = cost();
  const bytes = bytesBelow(join(product.data, 'objects/videos', id)) - statSync(film).size;
  await product.call('DELETE', `/api/v1/videos/${id}`);
  return { video, took, bytes, children: after.children - before.children, own: after.own - before.own };
}

export async function run({ rounds = 2, short }) {
  tool('ffmpeg');
  const film = await filmToEncode({ short });
  const product = await Product.start({ core: null, threads: 2, settings: { SYNCWATCH_MEDIA_PRESET: preset } });
  await product.signUp();
  const ours = [];
  const bare = [];
  for (let round = 0; round < rounds; ++round) {
    ours.push(await job(product, film));
    const { renditions } = ours[0].video;
    if (renditions.some((each) => each.remuxed)) throw new Error('a rung was passed on, not encoded');
    bare.push(await bareRun(film, renditions));
  }
  await product.stop();
  const total = ours.map((each) => each.children + each.own);
  const theirs = bare.map((each) => each.cpu);
  const names = ours[0].video.renditions.map((each) => each.name).join(' ');
  return [
    {
      what: `${names} of ${ours[0].video.duration.toFixed(0)} s of 1080p, ${preset}, all of the job`,
      unit: 'CPU s',
      ours: median(total),
      theirs: median(theirs),
      ratio: medianRatio(total, theirs),
      range: spread(total.map((value, i) => value / theirs[i])),
      goal: { of: 'ratio', most: 1.05 },
      note: 'ours also probes, and makes poster and sprite',
    },
    { what: 'the server’s own part of it', unit: 'CPU s', ours: median(ours.map((each) => each.own)) },
    { what: 'last byte to ready', unit: 's', ours: median(ours.map((each) => each.took)) },
    {
      what: 'bytes made (alike, or the above compares nothing)',
      unit: 'MB',
      ours: ours[0].bytes / 1e6,
      theirs: bare[0].bytes / 1e6,
      ratio: ours[0].bytes / bare[0].bytes,
    },
  ];
}
