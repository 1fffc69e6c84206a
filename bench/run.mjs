#!/usr/bin/env node
// Measures SyncWatch next to its yardsticks and prints a table. README.md says how to read it.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { killAll } from './lib/child.mjs';
import { coreCount, moveToLoadCore } from './lib/cores.mjs';
import { filmToEncode, filmToServe } from './lib/films.mjs';
import { Missing, root, work } from './lib/paths.mjs';
import { table, written } from './lib/report.mjs';

/** In this order; the minutes that each may take before it is given up. */
const benches = {
  start: 3,
  fanout: 8,
  nodes: 6,
  controls: 4,
  members: 3,
  stalled: 3,
  segments: 6,
  transcode: 6,
  parts: 20,
  'backup-postgres': 20,
  'backup-embedded': 12,
  'restore-everything': 12,
  objects: 12,
  'first-frame': 4,
  skew: 9,
  micro: 3,
};
const figuresFile = join(root, 'docs/figures.md');

const help = `bench/run.mjs [NAME…]: builds what is measured, measures it, prints a Markdown table.
There are ${Object.keys(benches).join(', ')}; without a name all of them.
  --short        few and short rounds: to see that it works
  --rounds N     so many rounds, --seconds S so long each, instead of each bench's own
  --no-build     measure what is in build/bench as it is
  --prepare      build and make the films, measure nothing
  --record       write the table into docs/figures.md as well
  --json         print JSON instead of the table
  --sides LIST, --probes LIST    for fanout: of product, relay, yardstick; of react, chat`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    sides: { type: 'string' },
    probes: { type: 'string' },
    short: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    prepare: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (flags.help) {
  console.log(help);
  process.exit(0);
}
const unknown = positionals.filter((each) => !(each in benches));
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(', ')}\nHINT: There are ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

function optionsOf() {
  const given = {
    ...(flags.short ? { short: true, rounds: 2, seconds: 1, members: 1000, patience: 2 } : {}),
    ...(flags.rounds ? { rounds: Number(flags.rounds) } : {}),
    ...(flags.seconds ? { seconds: Number(flags.seconds) } : {}),
    ...(flags.sides ? { sides: flags.sides.split(',') } : {}),
    ...(flags.probes ? { probes: flags.probes.split(',') } : {}),
  };
  return given;
}

function commit() {
  try {
    const git = (...words) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
    return git('rev-parse', '--short=10', 'HEAD') + (git('status', '--porcelain', '-uno') ? ', changed' : '');
  } catch {
    return 'unknown';
  }
}

function describeMachine() {
  const os = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return {
    processor: cpus()[0].model.trim(),
    cores: coreCount,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${os}, Linux ${/^\d+\.\d+/.exec(release())[0]}`,
  };
}

/** One bench's figures. Whatever happens, the others still run. */
async function measure(name, options) {
  const { run } = await import(`./${name}.mjs`);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${benches[name]} minutes`)), benches[name] * 60000);
  });
  try {
    const figures = await Promise.race([run(options), late]);
    return figures.map((figure) => ({ bench: name, ...figure }));
  } catch (error) {
    if (!(error instanceof Missing)) {
      broken.push(name);
      console.error(error.message);
    }
    return [{ bench: name, what: 'not measured', note: error.message.split('\n')[0] }];
  } finally {
    clearTimeout(timer);
    killAll();
  }
}

if (!flags['no-build']) {
  execFileSync(join(root, 'bench/lib/build.sh'), { stdio: ['ignore', 2, 2] });
}
if (flags.prepare) {
  await filmToEncode();
  await filmToServe();
  process.exit(0);
}
moveToLoadCore();
const broken = [];
const options = optionsOf();
const result = { at: new Date().toISOString(), commit: commit(), machine: describeMachine(), options, load: [], figures: [] };
const resultFile = join(work, `${result.at.replaceAll(':', '-')}.json`);
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const load = loadavg()[0];
  const begin = Date.now();
  console.error(`==> ${name}`);
  const figures = await measure(name, options);
  result.figures.push(...figures);
  result.load.push({ name, before: load, seconds: Math.round((Date.now() - begin) / 1000) });
  writeFileSync(resultFile, JSON.stringify(result, null, 2));
  console.error(`${table(figures)}\n    took ${result.load.at(-1).seconds} s; load before ${load.toFixed(1)}\n`);
}
console.log(flags.json ? JSON.stringify(result, null, 2) : written(result));
if (flags.record) writeFileSync(figuresFile, inserted(readFileSync(figuresFile, 'utf8'), written(result)));
console.error(`all of it is in ${resultFile}`);
process.exitCode = broken.length > 0 ? 1 : 0;

/** The file with what stands between its two marks replaced. */
function inserted(text, figures) {
  return text.replace(/(<!-- figures -->\n)[\s\S]*(<!-- end of figures -->)/, (_, from, to) => `${from}${figures}\n${to}`);
}
