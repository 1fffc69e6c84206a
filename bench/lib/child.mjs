// Child processes: started, listened to line by line, ended by their own id.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const running = new Set();

/** Ends whatever is still running; who waits for it hears of it. */
export function killAll() {
  running.forEach((child) => child.kill('SIGKILL'));
}
process.on('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export class Child {
  #process;
  #lines = [];
  #waiting = [];
  #said = '';

  constructor(command, { environment = {}, cwd } = {}) {
    this.#process = spawn(command[0], command.slice(1), {
      env: { ...process.env, ...environment },
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(this.#process);
    this.ended = new Promise((resolve) => {
      this.#process.on('error', (error) => resolve(`${command[0]}: ${error.message}`));
      this.#process.on('close', (code, signal) => resolve(code ?? signal));
    }).then((how) => {
      running.delete(this.#process);
      this.how = how;
      this.#waiting.splice(0).forEach(({ reject }) => reject(this.#failure()));
      return how;
    });
    this.#process.stdin.on('error', () => {});
    this.#process.stderr.on('data', (text) => (this.#said = (this.#said + text).slice(-20000)));
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const next = this.#waiting.shift();
      if (next) next.resolve(line);
      else this.#lines.push(line);
    });
  }

  /** taskset replaces itself: this is the program's own id. */
  get pid() {
    return this.#process.pid;
  }

  /** What it wrote to stderr, the end of it. */
  get said() {
    return this.#said;
  }

  #failure() {
    return new Error(`a child ended with ${this.how}:\n${this.#said}`);
  }

  /** The next line of its stdout. */
  async line() {
    if (this.#lines.length > 0) return this.#lines.shift();
    if (this.how !== undefined) throw this.#failure();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  write(text) {
    this.#process.stdin.write(text);
  }

  /** Asks it to end, and sees that it does. */
  async end(signal = 'SIGTERM') {
    if (this.how !== undefined) return this.how;
    this.#process.stdin.end();
    this.#process.kill(signal);
    const hard = setTimeout(() => this.#process.kill('SIGKILL'), 15000);
    await this.ended;
    clearTimeout(hard);
    return this.how;
  }
}

/** Runs a command to its end: what it wrote, and its exit code. */
export async function finished(command, options) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  let out = '';
  let said = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (said += text));
  const how = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  running.delete(child);
  return { out, said, how };
}

/** The same for a command that must succeed. */
export async function succeed(command, options) {
  const result = await finished(command, options);
  if (result.how !== 0) {
    throw new Error(`${command.join(' ').slice(0, 300)} ended with ${result.how}:\n${result.said.slice(-2000)}`);
  }
  return result;
}

/** CPU seconds of a command, its children's included. */
export async function cpuSecondsOf(command, options) {
  const timed = ['bash', '-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...command];
  const { said } = await succeed(timed, options);
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(said);
  return Number(user) + Number(system);
}
