// What operators ask of a library of 100,000 objects: which of them are lost, and what is still to be copied.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { finished, succeed } from './lib/child.mjs';
import { anywhere } from './lib/cores.mjs';
import { program, scratch } from './lib/paths.mjs';
import { Stage } from './lib/stage.mjs';
import { median } from './lib/stats.mjs';

const removed = 10;

class Library {
  static async fill(count, shared) {
    const library = new Library();
    library.data = scratch('data');
    library.second = scratch('second');
    library.environment = {
      SYNCWATCH_OBJECTS_SECOND: `file:${library.second}`,
      ...shared,
    };
    const where = shared
      ? ['--database', shared.SYNCWATCH_DATABASE_URL, '--objects', shared.SYNCWATCH_OBJECTS_URL,
         '--credentials', shared.SYNCWATCH_OBJECTS_CREDENTIALS_FILE]
      : [];
    const fill = [program('bench.library'), '--count', `${count}`, '--data', library.data, '--second', library.second, ...where];
    await succeed(anywhere(fill));
    return library;
  }

  /** `syncwatch replicate WHAT`: what it says, how it ends, and how many seconds it took. */
  async replicate(what) {
    const command = [program('syncwatch'), 'replicate', what, '--json', '--data-dir', this.data];
    const begin = performance.now();
    const { out, said, how } = await finished(anywhere(command), { env: { ...process.env, ...this.environment } });
    const took = (performance.now() - begin) / 1000;
    if (!out) throw new Error(`replicate ${what} ended with ${how}:\n${said}`);
    return { ...JSON.parse(out), how, took };
  }

  /** Some objects go from the second store; the first has them. */
  lose() {
    const films = join(this.second, 'videos');
    const segments = join(films, readdirSync(films)[0], '1', 'v720');
    readdirSync(segments)
      .slice(0, removed)
      .forEach((name) => rmSync(join(segments, name)));
  }

  close() {
    for (const folder of [this.data, this.second]) rmSync(folder, { recursive: true, force: true });
  }
}

async function figuresOf(name, library, count, rounds) {
  const whole = [];
  const copying = [];
  for (let round = 0; round < rounds; ++round) {
    const lost = await library.replicate('lost');
    if (lost.how !== 0 || lost.census.objects !== count) throw new Error(`${name}: ${JSON.stringify(lost)}`);
    whole.push(lost.took);
    const run = await library.replicate('run');
    if (run.how !== 0 || run.done.objects !== 0) throw new Error(`${name}: ${JSON.stringify(run)}`);
    copying.push(run.took);
  }
  library.lose();
  const lost = await library.replicate('lost');
  if (lost.how !== 5 || lost.census.damaged !== removed) throw new Error(`${name}: ${JSON.stringify(lost)}`);
  const row = (what, took, note) => ({
    what: `${what}, ${name}`,
    unit: 's',
    ours: median(took),
    goal: { of: 'ours', most: 10 },
    note,
  });
  return [
    row(`the list of what is lost, of ${count} objects`, whole, `with ${removed} missing: ${lost.took.toFixed(1)} s`),
    row(`a copy of ${count} objects of which none is new`, copying),
  ];
}

export async function run({ rounds = 3, short = false }) {
  const count = short ? 2000 : 100000;
  const folder = await Library.fill(count);
  const figures = await figuresOf('folders and SQLite', folder, count, rounds);
  folder.close();
  const stage = await Stage.open();
  const shared = await Library.fill(count, stage.shared);
  figures.push(...(await figuresOf('radosgw, a folder, PostgreSQL', shared, count, rounds)));
  shared.close();
  await stage.close();
  return figures;
}
