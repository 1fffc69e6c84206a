// A PostgreSQL of the bench's own, as its own user, which archives its log through the product.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Child } from './child.mjs';
import { anywhere } from './cores.mjs';
import { Missing, program, tool } from './paths.mjs';

const nobody = 65534;
const isRoot = process.getuid() === 0;

function programs() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').map(Number) : [];
  if (versions.length === 0) throw new Missing('PostgreSQL is not installed');
  return `/usr/lib/postgresql/${Math.max(...versions)}/bin`;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** As whom servers run: initdb wants nobody who is root. */
function asServer(command) {
  if (!isRoot) return command;
  return [tool('setpriv'), `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...command];
}

export class Postgres {
  /** Makes one and starts it. `store`: the S3 that backups go to, by default a folder. Without `archiveTimeout` its log is
   * streamed (streamer()). */
  static async make({ store, archiveTimeout }) {
    const server = new Postgres();
    tool('pgbackrest');
    server.programs = programs();
    // A socket's path may have 107 bytes.
    server.folder = mkdtempSync(join(tmpdir(), 'bench-pg-'));
    server.data = join(server.folder, 'data');
    server.isStreamed = archiveTimeout === undefined;
    server.work = join(server.folder, 'work');
    server.backups = join(server.folder, 'backups');
    server.plan = join(server.folder, 'plan.toml');
    server.port = await freePort();
    mkdirSync(server.work);
    /** Where its backups go, as a plan has it. */
    server.repository = `[repository.near]\n${server.#repository(store)}\n`;
    writeFileSync(server.plan, `plan_version = 1\n${server.repository}`);
    if (isRoot) [server.folder, server.work].forEach((each) => chownSync(each, nobody, nobody));
    await server.tool('initdb', '-D', server.data, '-U', 'postgres', '--auth=trust', '--data-checksums', '--encoding=UTF8');
    const archive = [program('syncwatch'), 'wal-push', '--engine', 'pgbackrest', ...server.flags, '%p'].join(' ');
    const settings = `listen_addresses = '127.0.0.1'
port = ${server.port}
unix_socket_directories = '${server.folder}'
wal_level = replica
max_wal_size = '4GB'
track_commit_timestamp = on
${server.isStreamed ? '' : `archive_mode = on\narchive_timeout = ${archiveTimeout}\narchive_command = '${archive}'\n`}`;
    writeFileSync(join(server.data, 'postgresql.conf'), settings, { flag: 'a' });
    await server.start();
    return server;
  }

  /** Its lines of a plan. What the store gave to us alone is copied to where the server's user can read it. */
  #repository(store) {
    this.backupsUrl = `file:${this.backups}`;
    if (!store) return `url = "${this.backupsUrl}"`;
    const authority = join(this.folder, 'ca.crt');
    const keys = join(this.folder, 'keys');
    copyFileSync(store.authority, authority);
    copyFileSync(store.credentials, keys);
    if (isRoot) [authority, keys].forEach((each) => chownSync(each, nobody, nobody));
    this.backupsUrl = `${store.url}?ca=${authority}`;
    return `url = "${this.backupsUrl}"\ncredentials_file = "${keys}"`;
  }

  get flags() {
    const named = { plan: this.plan, 'pg-data': this.data, 'pg-work': this.work, 'pg-socket': this.folder };
    if (this.isStreamed) Object.assign(named, { 'pg-mode': 'stream', 'pg-url': this.url });
    const flags = Object.entries(named).flatMap(([name, value]) => [`--recovery-${name}`, value]);
    return [...flags, '--recovery-pg-port', String(this.port)];
  }

  asOwner(command) {
    return asServer(command);
  }

  /** Gives all of a folder to the server's user. */
  own(folder) {
    if (isRoot) execFileSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
  }

  /** Some program to its end, as the server's user; what it said. */
  async run(command, { accept = [0] } = {}) {
    const [name, ...rest] = anywhere(asServer(command.map(String)));
    try {
      const { stdout } = await promisify(execFile)(name, rest, { cwd: this.folder, maxBuffer: 1 << 26 });
      return stdout;
    } catch (error) {
      if (accept.includes(error.code)) return error.stdout;
      throw new Error(`${command.join(' ')} ended with ${error.code}: ${error.stderr} ${error.stdout}`);
    }
  }

  tool(name, ...rest) {
    return this.run([join(this.programs, name), ...rest]);
  }

  get url() {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  product(...command) {
    return this.run([program('syncwatch'), ...command, ...this.flags, '--database-url', this.url]);
  }

  /** Brings the log to where backups are, as on another machine; returns when it does. */
  async streamer() {
    const streamer = new Child(anywhere(asServer([program('syncwatch'), 'wal-stream', '--cluster', 'bench', ...this.flags])), { cwd: this.folder });
    const follows = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'syncwatch' AND active";
    while ((await this.ask(follows)) !== '1') {
      if (streamer.how !== undefined) throw new Error(`wal-stream ended with ${streamer.how}:\n${streamer.said}`);
      await sleep(50);
    }
    return streamer;
  }

  pgbackrest(...command) {
    return this.run([tool('pgbackrest'), `--config=${join(this.work, 'pgbackrest.conf')}`, '--stanza=syncwatch', ...command]);
  }

  async ask(sql) {
    const out = await this.tool('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', this.folder, '-p', this.port, '-U', 'postgres', '-c', sql);
    return out.trim();
  }

  /** Each restore begins another: which one is meant has to be said then. */
  timeline() {
    return this.ask("SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int");
  }

  /** Starts what lies in the data folder; returns once it takes writes. */
  async start() {
    this.server = new Child(anywhere(asServer([join(this.programs, 'postgres'), '-D', this.data])));
    for (let tries = 0; ; ++tries) {
      try {
        if ((await this.ask('SELECT pg_is_in_recovery()')) === 'f') return;
      } catch (error) {
        if (this.server.how !== undefined) throw new Error(`PostgreSQL ended:\n${this.server.said.slice(-2000)}`);
        if (tries > 6000) throw error;
      }
      await sleep(20);
    }
  }

  stop() {
    return this.server.end('SIGINT');
  }

  /** As when the machine burns: no more is said, by whoever of it could have lived on a little, and the disk is gone. */
  async burn() {
    const parent = String(this.server.pid);
    const all = [parent, ...readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')];
    all.forEach((pid) => process.kill(Number(pid), 'SIGKILL'));
    await this.server.end('SIGKILL');
    rmSync(this.data, { recursive: true });
  }

  /** Returns when all of the log until now is archived. */
  async archived() {
    const last = await this.ask('SELECT pg_walfile_name(pg_switch_wal())');
    while ((await this.ask(`SELECT coalesce(last_archived_wal, '') >= '${last}' FROM pg_stat_archiver`)) !== 't') await sleep(50);
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Somebody who writes a numbered row `perSecond` times a second, and notes what was acknowledged. */
  canary(perSecond) {
    const [name, ...rest] = anywhere([
      ...[join(this.programs, 'psql'), '-XAtq', '-v', 'ON_ERROR_STOP=1'],
      ...['-h', this.folder, '-p', String(this.port), '-U', 'postgres'],
    ]);
    const writer = spawn(name, rest, { stdio: ['pipe', 'pipe', 'ignore'] });
    writer.stdin.on('error', () => {});
    const acknowledged = [];
    createInterface({ input: writer.stdout }).on('line', (line) => acknowledged.push({ n: Number(line), at: Date.now() }));
    let next = 1;
    const timer = setInterval(() => {
      const n = next++;
      writer.stdin.write(`INSERT INTO canary VALUES (${n});\n\\echo ${n}\n`);
    }, 1000 / perSecond);
    return {
      acknowledged,
      async stop() {
        clearInterval(timer);
        writer.stdin.end();
        if (writer.exitCode === null) await new Promise((resolve) => writer.on('close', resolve));
      },
    };
  }
}
