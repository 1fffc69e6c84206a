// Segments of a film to players, next to nginx with sendfile: the same files, the same client.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Child, succeed } from './lib/child.mjs';
import { loadCore, pinned, serverCore } from './lib/cores.mjs';
import { filmToServe } from './lib/films.mjs';
import { firstAnswer, freePort } from './lib/net.mjs';
import { Missing, program, scratch, tool } from './lib/paths.mjs';
import { Product } from './lib/product.mjs';
import { median, medianRatio, spread } from './lib/stats.mjs';

const shapes = [
  { connections: 1 },
  { connections: 8 },
  { connections: 64 },
  { connections: 8, tls: true },
  { connections: 64, tls: true },
];

async function certificate(folder) {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  await succeed([
    ...[tool('openssl'), 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', '2', '-subj', '/CN=localhost', '-keyout', files.key, '-out', files.cert],
  ]);
  return files;
}

/** nginx as its manual would have it for files, on one core. */
async function startNginx(objects, { cert, key }, folder) {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const configuration = `
    daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
    events { worker_connections 1024; }
    http {
      ${temporary.map((each) => `${each}_temp_path ${folder}/${each};`).join(' ')}
      types { video/mp4 m4s mp4; }
      access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; keepalive_timeout 60s;
      server {
        listen 127.0.0.1:${port};
        listen 127.0.0.1:${tlsPort} ssl;
        ssl_certificate ${cert}; ssl_certificate_key ${key}; ssl_protocols TLSv1.3;
        root ${objects};
        add_header Cache-Control "public, max-age=31536000, immutable";
        location = /alive { return 200; }
      }
    }`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration);
  const child = new Child(pinned(serverCore, [tool('nginx'), '-e', 'stderr', '-p', folder, '-c', file]));
  const up = await Promise.race([firstAnswer(port, '/alive'), child.ended]);
  if (typeof up !== 'number') throw new Error(`nginx ended with ${up}:\n${child.said}`);
  return { port, tlsPort, pid: child.pid, stop: () => child.end() };
}

/** The segments of the film's first rung: their paths here, and their files. */
async function segmentsOf(product, video) {
  const text = async (path) => (await product.call('GET', path)).body;
  const lines = (list) => list.split('\n').filter((line) => line && !line.startsWith('#'));
  const [rung] = lines(await text(video.master));
  const list = video.master.replace(/[^/]*$/, rung);
  const served = lines(await text(list)).map((name) => list.replace(/[^/]*$/, name));
  const stored = served.map((path) => path.replace(/^\/media\/[^/]+/, '/videos'));
  const objects = join(product.data, 'objects');
  const lost = stored.find((path) => !existsSync(objects + path));
  if (lost) throw new Error(`${lost} is not where objects are kept`);
  return { served, stored, objects };
}

/** A server with a film in it, listening plainly and with TLS: two processes on the same data. */
async function openProduct(files) {
  const film = await filmToServe();
  const loading = await Product.start({ core: null, threads: 2 });
  await loading.signUp();
  const video = await loading.ready(await loading.upload(film));
  const segments = await segmentsOf(loading, video);
  await loading.stop({ keepData: true });
  const { data } = loading;
  const tls = { SYNCWATCH_TLS_CERT: files.cert, SYNCWATCH_TLS_KEY: files.key };
  return { data, segments, start: (withTls) => Product.start({ data, settings: withTls ? tls : {} }) };
}

async function fetchFrom(server, paths, { connections, tls }, seconds) {
  const words = [program('bench.fetch'), '--port', tls ? (server.tlsPort ?? server.port) : server.port];
  words.push('--pid', server.pid, '--paths', paths, '--connections', connections, '--seconds', seconds);
  const command = pinned(loadCore, [...words, ...(tls ? ['--tls'] : [])].map(String));
  const { out } = await succeed(command);
  const result = JSON.parse(out);
  const gigabytes = result.bytes / 1e9;
  return { cost: result.server_cpu_s / gigabytes, speed: gigabytes / result.seconds };
}

function figures({ connections, tls }, ours, nginx) {
  const what = `${connections} connection${connections > 1 ? 's' : ''}${tls ? ', TLS' : ''}`;
  const figure = (key, unit, goal) => {
    const mine = ours.map((each) => each[key]);
    const theirs = nginx.map((each) => each[key]);
    if (theirs.length === 0) return { what, unit, ours: median(mine), note: 'nginx is not here' };
    return {
      what,
      unit,
      ours: median(mine),
      theirs: median(theirs),
      ratio: medianRatio(mine, theirs),
      range: spread(mine.map((value, i) => value / theirs[i])),
      goal: tls ? undefined : { of: 'ratio', ...goal },
    };
  };
  return [figure('cost', 'server CPU s / GB', { most: 1.1 }), figure('speed', 'GB/s', { least: 0.95 })];
}

export async function run({ rounds = 5, seconds = 2 }) {
  const folder = scratch('segments');
  const files = await certificate(folder);
  const product = await openProduct(files);
  const { served, stored, objects } = product.segments;
  const lists = { ours: join(folder, 'served'), nginx: join(folder, 'stored') };
  writeFileSync(lists.ours, served.join('\n'));
  writeFileSync(lists.nginx, stored.join('\n'));
  const nginx = await startNginx(objects, files, folder).catch((error) => {
    if (error instanceof Missing) return undefined;
    throw error;
  });
  const rows = [];
  for (const withTls of [false, true]) {
    const server = await product.start(withTls);
    for (const shape of shapes.filter(({ tls = false }) => tls === withTls)) {
      const results = { ours: [], nginx: [] };
      for (let round = 0; round < rounds; ++round) {
        results.ours.push(await fetchFrom(server, lists.ours, shape, seconds));
        if (nginx) results.nginx.push(await fetchFrom(nginx, lists.nginx, shape, seconds));
      }
      rows.push(...figures(shape, results.ours, results.nginx));
    }
    await server.stop({ keepData: !withTls });
  }
  await nginx?.stop();
  return rows;
}
