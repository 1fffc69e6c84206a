// A machine that is lost, and all of it brought back from a recovery key and the address of a repository: until a
// server answers, and until every object is in the first store again.
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { finished, succeed } from './lib/child.mjs';
import { anywhere } from './lib/cores.mjs';
import { grown, protectedOnce } from './lib/history.mjs';
import { program, scratch, tool } from './lib/paths.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Product } from './lib/product.mjs';
import { Stage } from './lib/stage.mjs';

const objectBytes = 2 ** 20;

async function output(command) {
  const { out, said, how } = await finished(anywhere(command));
  if (how !== 0) throw new Error(`${command.join(' ')} ended with ${how}: ${said}`);
  return out;
}

/** A recovery key in `file`; its public half. */
async function recoveryKey(file) {
  await succeed([tool('age-keygen'), '-o', file]);
  return (await output([tool('age-keygen'), '-y', file])).trim();
}

/** What both shapes have: the folders, the recovery key, and the commands that an operator gives. */
class Installation {
  /** Below `folder`; of it `etc` and `syncwatch` are lost with the machine. */
  constructor(folder) {
    this.folder = folder;
    this.etc = join(folder, 'etc');
    this.data = join(folder, 'syncwatch');
    this.config = join(this.etc, 'sw.toml');
    this.key = join(folder, 'key');
    [this.etc, this.data].forEach((each) => mkdirSync(each, { recursive: true }));
  }

  async writePlan(repository) {
    const recipient = await recoveryKey(this.key);
    const usual = await output([program('syncwatch'), 'plan', 'show', '--as-file']);
    const escrow = `[escrow]\nrecipients = ["${recipient}"]\n`;
    writeFileSync(join(this.etc, 'plan.toml'), `${usual}\n${repository}${escrow}`);
  }

  /** One of the product's commands: what it says, and the seconds that it took. */
  async command(words, { accept = [0] } = {}) {
    const begin = performance.now();
    const { out, said, how } = await finished(anywhere(this.asOwner([program('syncwatch'), ...words, '--json'])));
    const seconds = (performance.now() - begin) / 1000;
    if (!accept.includes(how)) throw new Error(`${words.join(' ')} ended with ${how}: ${said}${out}`);
    return { ...JSON.parse(out), seconds };
  }

  configured(words, choices) {
    return this.command([...words.split(' '), '--config', this.config], choices);
  }

  restore(words, choices) {
    return this.command(['restore', 'everything', '--in-place', '--identity', this.key, ...this.from, ...words], choices);
  }

  serve() {
    const asOwner = (command) => this.asOwner(command);
    return Product.start({ core: null, data: this.data, options: ['--config', this.config], asOwner });
  }

  lose() {
    [this.etc, this.data].forEach((each) => rmSync(each, { recursive: true }));
  }

  /** All seconds until a server answers, the same until the first store is whole again, and those of each step. */
  async bringBack() {
    const begin = performance.now();
    const since = () => (performance.now() - begin) / 1000;
    const { token } = await this.restore(['--dry-run']);
    const restored = await this.carryOut(token);
    const server = await this.serve();
    await server.call('GET', '/health');
    const served = since();
    await server.until(() => this.isWhole(), { every: 1000 });
    const whole = since();
    await server.stop({ keepData: true });
    const steps = restored.done.filter(({ did }) => did === 'now').map(({ step, seconds }) => `${step} ${seconds.toFixed(1)}`);
    return { served, whole, steps: `of it by the last command: ${steps.join(', ')}` };
  }

  async isWhole() {
    const { replication } = await this.configured('replicate status', { accept: [0, 5] });
    return replication.damaged === 0 && replication.lost === 0;
  }

  async checkNothingIsLost(objects) {
    const { census } = await this.configured('replicate lost');
    if (census.objects !== objects || census.damaged !== 0) throw new Error(`not all is back: ${JSON.stringify(census)}`);
  }

  close() {
    rmSync(this.folder, { recursive: true });
  }
}

class Embedded extends Installation {
  static async make({ mebibytes, objects }) {
    const made = new Embedded(scratch('everything'));
    const [near, second] = ['near', 'second'].map((name) => join(made.folder, name));
    await grown(mebibytes, { data: made.data });
    await succeed(anywhere([program('bench.library'), ...library(objects), '--data', made.data, '--second', second]));
    await made.writePlan(`[repository.near]\nurl = "file:${near}"\n`);
    writeFileSync(
      made.config,
      `[data]\ndir = "${made.data}"\n[objects]\nsecond = "file:${second}"\n[recovery]\nplan = "${join(made.etc, 'plan.toml')}"\n`,
    );
    made.from = ['--repository', `file:${near}`];
    const server = await made.serve();
    await protectedOnce(server);
    await server.until(() => made.hasBundles(), { every: 500 });
    await server.stop({ keepData: true });
    made.lose();
    return made;
  }

  asOwner(command) {
    return command;
  }

  async hasBundles() {
    const { records } = await this.configured('backup list');
    return ['config', 'secrets'].every((name) => records.some(({ component }) => component === name));
  }

  carryOut(token) {
    return this.restore(['--confirm', token]);
  }
}

class Production extends Installation {
  static async make(stage, { scale, objects }) {
    const server = await Postgres.make({ store: stage.store, archiveTimeout: 50 });
    const made = new Production(server.folder);
    Object.assign(made, { server, redis: stage.shared.SYNCWATCH_BUS_URL });
    await server.run(['pgbench', '-iq', '-s', scale, '-h', server.folder, '-p', server.port, '-U', 'postgres', 'postgres']);
    await made.writePlan(server.repository);
    made.writeConfig();
    server.own(server.folder);
    await made.configured('migrate');
    const url = server.url;
    await succeed(anywhere(made.asOwner([program('bench.library'), ...library(objects), '--data', made.data, '--database', url])));
    await made.configured('replicate run');
    await made.askRedis('SET', 'kept', 'x');
    await made.configured('backup run');
    // As servers go on doing all the time: a snapshot of Redis from after the last commit would not be taken.
    await server.ask('CREATE TABLE later ()');
    await server.archived();
    await made.lose();
    return made;
  }

  /** Films lie in a folder of the machine, the second store and the backups in S3. */
  writeConfig() {
    const { server } = this;
    const keys = join(server.folder, 'keys');
    const second = server.backupsUrl.replace('/secure', '/second');
    cpSync(keys, join(this.etc, 'keys'));
    writeFileSync(
      this.config,
      `[data]\ndir = "${this.data}"\n[database]\nurl = "${server.url}"\n[bus]\nurl = "${this.redis}"
[objects]\nsecond = "${second}"\nsecond_credentials_file = "${join(this.etc, 'keys')}"\ncopy_rate = "0"
[recovery]\nplan = "${join(this.etc, 'plan.toml')}"\nredis_url = "${this.redis}"\npg_data = "${server.data}"
pg_socket = "${server.folder}"\npg_port = ${server.port}\npg_work = "${server.work}"\n`,
    );
    chmodSync(this.config, 0o600);
    this.from = ['--repository', server.backupsUrl, '--credentials', keys];
  }

  asOwner(command) {
    return this.server.asOwner(command);
  }

  askRedis(...words) {
    return output([tool('redis-cli'), '-u', this.redis, ...words]);
  }

  async lose() {
    await this.server.burn();
    await this.askRedis('FLUSHALL');
    super.lose();
  }

  /** Its files, then whoever starts PostgreSQL, then the rest. */
  async carryOut(token) {
    await this.restore(['--confirm', token], { accept: [11] });
    await this.server.start();
    const restored = await this.restore(['--confirm', token]);
    if ((await this.askRedis('GET', 'kept')).trim() !== 'x') throw new Error('Redis came back without what it held');
    return restored;
  }

  async close() {
    await this.server.close();
  }
}

function library(objects) {
  return ['--count', `${objects}`, '--bytes', `${objectBytes}`];
}

async function figuresOf(name, installation, objects) {
  const { served, whole, steps } = await installation.bringBack();
  await installation.checkNothingIsLost(objects);
  await installation.close();
  const goal = { of: 'ours', most: 300 };
  return [
    { what: `${name}: from the first command until a server answers`, unit: 's', ours: served, goal, note: steps },
    { what: `${name}: the same until every object is in the first store again`, unit: 's', ours: whole, goal },
  ];
}

export async function run({ short = false }) {
  const mebibytes = short ? 16 : 1024;
  const objects = short ? 20 : 2048;
  const size = `${mebibytes} MiB, ${objects} objects of 1 MiB`;
  const figures = await figuresOf(`SQLite, two folders, ${size}`, await Embedded.make({ mebibytes, objects }), objects);
  const stage = await Stage.open();
  try {
    const production = await Production.make(stage, { scale: short ? 1 : 70, objects });
    figures.push(...(await figuresOf(`PostgreSQL, Redis, a folder, S3, ${size}`, production, objects)));
    return figures;
  } finally {
    await stage.close();
  }
}
