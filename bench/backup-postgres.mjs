// PostgreSQL backed up next to bare pgBackRest, and brought back: how soon, how near to the moment that
// was asked for, and how much was lost.
import { setTimeout as sleep } from 'node:timers/promises';

import { Postgres } from './lib/postgres.mjs';
import { Stage } from './lib/stage.mjs';
import { median, medianRatio, spread } from './lib/stats.mjs';

const perSecond = 50;

async function seconds(work) {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

async function filled(options, scale) {
  const server = await Postgres.make(options);
  await server.run(['pgbench', '-iq', '-s', scale, '-h', server.folder, '-p', server.port, '-U', 'postgres', 'postgres']);
  await server.ask('CREATE TABLE canary (n int PRIMARY KEY)');
  await server.ask('CHECKPOINT');
  return server;
}

async function fullBackups(server, rounds) {
  const ours = [];
  const bare = [];
  // The first makes the repository; it is not counted.
  await server.product('backup', 'run', '--cluster', 'bench', '--component', 'pg', '--kind', 'full');
  for (let round = 0; round < rounds; ++round) {
    ours.push(await seconds(() => server.product('backup', 'run', '--cluster', 'bench', '--component', 'pg', '--kind', 'full', '--even-unchanged')));
    bare.push(await seconds(() => server.pgbackrest('--type=full', 'backup')));
  }
  return { ours, bare };
}

/** Restores, starts, and looks whether all is there that should be; how long that took. */
async function broughtBack(server, to, { scale, timeline }) {
  const took = await seconds(async () => {
    await server.product('restore', 'pg', '--in-place', '--to', to, '--timeline', timeline);
    await server.start();
    await server.ask('CREATE TABLE accepts_writes ()');
    const rows = Number(await server.ask('SELECT count(*) FROM pgbench_accounts'));
    if (rows !== scale * 100000) throw new Error(`${rows} rows came back, of ${scale * 100000}`);
  });
  await server.ask('DROP TABLE accepts_writes');
  return took;
}

/** To a moment in the middle of what was written; seconds until it was there, and by how many it missed. */
async function toAMoment(server, scale) {
  await server.ask('TRUNCATE canary');
  const canary = server.canary(perSecond);
  await sleep(3000);
  const moment = await server.ask(`SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
  await sleep(3000);
  await canary.stop();
  await server.archived();
  const timeline = await server.timeline();
  await server.burn();
  const took = await broughtBack(server, moment, { scale, timeline });
  const [rows, last, missed] = (
    await server.ask(`SELECT count(*), max(n),
      extract(epoch FROM timestamptz '${moment}' - max(pg_xact_commit_timestamp(xmin))) FROM canary`)
  ).split('|').map(Number);
  if (rows !== last) throw new Error(`${rows} rows came back, up to number ${last}`);
  await archiveAgain(server);
  return { took, missed };
}

/** Killed with its disk while somebody writes, `after` seconds after a piece of the log was stored: how many seconds of
 * acknowledged writes are gone. */
async function lossFromArchive(server, after, scale) {
  await server.ask('TRUNCATE canary');
  await server.archived();
  const timeline = await server.timeline();
  const canary = server.canary(perSecond);
  await sleep(after * 1000);
  const end = Date.now();
  await server.burn();
  await canary.stop();
  await broughtBack(server, 'latest', { scale, timeline });
  const last = Number(await server.ask('SELECT coalesce(max(n), 0) FROM canary'));
  await archiveAgain(server);
  const kept = canary.acknowledged.find(({ n }) => n === last);
  return (end - (kept ? kept.at : end - after * 1000)) / 1000;
}

/** The same where the log is streamed: to another machine, as it were, which lives on. */
async function lossFromStream(after) {
  const server = await filled({}, 1);
  const streamer = await server.streamer();
  await server.product('backup', 'run', '--cluster', 'bench', '--component', 'pg', '--kind', 'full');
  const canary = server.canary(perSecond);
  await sleep(after * 1000);
  const end = Date.now();
  await server.burn();
  await canary.stop();
  await streamer.end();
  await server.product('restore', 'pg', '--in-place', '--to', 'latest', '--cluster', 'bench');
  await server.start();
  const last = Number(await server.ask('SELECT coalesce(max(n), 0) FROM canary'));
  await server.close();
  const kept = canary.acknowledged.find(({ n }) => n === last);
  if (!kept) throw new Error(`row ${last} came back, which nobody acknowledged`);
  return (end - kept.at) / 1000;
}

/** A restored server archives nothing until somebody looked at it. */
async function archiveAgain(server) {
  await server.ask('ALTER SYSTEM RESET archive_mode');
  await server.stop();
  await server.start();
  await server.product('backup', 'run', '--cluster', 'bench', '--component', 'pg', '--kind', 'full');
}

async function onPlace(name, options, { rounds, scale, most }) {
  const server = await filled(options, scale);
  const size = Number(await server.ask('SELECT sum(pg_database_size(datname)) FROM pg_database')) / 2 ** 30;
  const what = `${size.toFixed(1)} GiB, ${name}`;
  const { ours, bare } = await fullBackups(server, rounds);
  const restores = [];
  for (let round = 0; round < rounds; ++round) restores.push(await toAMoment(server, scale));
  const missed = restores.map((each) => each.missed);
  return {
    server,
    figures: [
      {
        what: `${what}: full backup (yardstick: bare pgBackRest, same settings)`,
        unit: 's',
        ours: median(ours),
        theirs: median(bare),
        ratio: medianRatio(ours, bare),
        range: spread(ours.map((each, i) => each / bare[i])),
        goal: { of: 'ratio', most: 1.1 },
      },
      {
        what: `${what}: restore to a moment, from the command until it takes writes and its rows were counted`,
        unit: 's',
        ours: Math.max(...restores.map((each) => each.took)),
        goal: { of: 'ours', most },
        note: `the slowest of ${rounds}`,
      },
      {
        what: `${what}: last row that came back, before the moment asked for`,
        unit: 's',
        ours: Math.max(...missed),
        goal: { of: 'ours', most: 1 },
        note: `${Math.min(...missed) < 0 ? '**one came back after it**' : 'never after it'}; a row every ${1000 / perSecond} ms`,
      },
    ],
  };
}

export async function run({ rounds = 3, short }) {
  const scale = short ? 2 : 70;
  const archiveTimeout = short ? 6 : 50;
  const folder = await onPlace('a folder', { archiveTimeout }, { rounds, scale, most: 30 });
  // The worst of moments: just before the next piece of the log would have been stored.
  const losses = [];
  for (const part of [0.5, 0.98]) losses.push(await lossFromArchive(folder.server, archiveTimeout * part, scale));
  await folder.server.close();
  const streamed = [];
  for (let round = 0; round < rounds; ++round) streamed.push(await lossFromStream(5 + round / rounds));
  const stage = await Stage.open();
  try {
    const store = await onPlace('S3', { store: stage.store, archiveTimeout }, { rounds, scale, most: 60 });
    await store.server.close();
    return [
      ...folder.figures,
      ...store.figures,
      {
        what: 'killed with its disk just before the next piece of the log is stored: acknowledged writes lost (from the archive alone)',
        unit: 's',
        ours: Math.max(...losses),
        goal: { of: 'ours', most: 60 },
        note: `archive_timeout = ${archiveTimeout}`,
      },
      {
        what: 'killed with its disk while its log is streamed: acknowledged writes lost',
        unit: 's',
        ours: Math.max(...streamed),
        goal: { of: 'ours', most: 5 },
        note: `the most of ${rounds}; a row every ${1000 / perSecond} ms`,
      },
    ];
  } finally {
    await stage.close();
  }
}
