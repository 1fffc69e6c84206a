/** A program of ours that runs beside the test: its output in a file, ended by its own id. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { until } from './until';

export class Child {
  readonly #process: ChildProcess;
  readonly lines: string[] = [];
  #exit: number | string | null = null;
  #listener: ((line: string) => void) | null = null;

  constructor(program: string, args: readonly string[], logFile: string) {
    this.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const log = createWriteStream(logFile, { flags: 'a' });
    this.#process.on('exit', (code, signal) => {
      this.#exit = code ?? signal ?? 'unknown';
    });
    this.#process.on('error', (error) => {
      this.#exit = error.message;
    });
    this.#process.stderr?.on('data', (bytes: Buffer) => log.write(bytes));
    if (this.#process.stdout === null) return;
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      this.lines.push(line);
      this.#listener?.(line);
    });
  }

  /** What it exited with; null while it runs. */
  get exit(): number | string | null {
    return this.#exit;
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  onLine(listener: (line: string) => void): void {
    this.#listener = listener;
  }

  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  /** The first line that matches, also of those that came already. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`a line like ${String(pattern)}`, () => {
      for (const line of this.lines) {
        const found = pattern.exec(line);
        if (found !== null) return found;
      }
      if (this.#exit !== null) {
        throw new Error(`it ended (${String(this.#exit)}): ${this.lines.join('\n')}`);
      }
      return null;
    });
  }

  /** Returns what it exited with: a code, or the name of the signal. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string> {
    if (this.#exit === null) this.#process.kill(signal);
    try {
      const ended = (): { exit: number | string } | null =>
        this.#exit === null ? null : { exit: this.#exit };
      return (await until('the end of a program', ended)).exit;
    } catch (late) {
      this.#process.kill('SIGKILL');
      throw late;
    }
  }
}
