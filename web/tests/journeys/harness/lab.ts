/** A whole installation of real servers (`syncwatch lab`) behind one address, to be broken part by part. */
import { execFile } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYNCWATCH } from './paths';

interface Part {
  readonly name: string;
  readonly state: string;
  readonly remark: string;
}

interface Report {
  readonly url: string;
  readonly parts: readonly Part[];
}

/** Starting everything, with room for a busy machine. */
const UP_MS = 240_000;
const REGION_PORTS = 500;
const FIRST_NODE = 11;

export class Lab {
  readonly #logFile: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'syncwatch-lab-'));
  /** Below the ports that the kernel gives to whoever connects. */
  readonly #basePort = 21_500 + (process.pid % 20) * REGION_PORTS;

  constructor(logFile: string) {
    this.#logFile = logFile;
    // Root's servers run as somebody else, who has to get in.
    chmodSync(this.#folder, 0o711);
  }

  async up(nodes: number): Promise<void> {
    const size = ['--nodes', String(nodes), '--base-port', String(this.#basePort)];
    await this.#run(['up', ...size]);
  }

  /** Where people come in: HAProxy. */
  get url(): string {
    return `http://127.0.0.1:${String(this.#basePort)}`;
  }

  /** One of the nodes itself, from 1. */
  nodeUrl(number: number): string {
    return `http://127.0.0.1:${String(this.#basePort + FIRST_NODE + number - 1)}`;
  }

  /** All parts of a kind, or all there are. */
  async parts(kind = ''): Promise<readonly string[]> {
    const { parts } = await this.#run(['status']);
    return parts.map((part) => part.name).filter((name) => name.startsWith(kind));
  }

  /** The first part of a kind that says this of itself, once all are well. */
  async find(kind: string, remark: string): Promise<string> {
    const { parts } = await this.#run(['status']);
    const found = parts.find(
      (part) => part.name.startsWith(`${kind}-`) && part.remark.includes(remark),
    );
    if (found === undefined) throw new Error(`no ${kind} of the lab says "${remark}"`);
    return found.name;
  }

  kill(part: string): Promise<Report> {
    return this.#run(['kill', part]);
  }

  hang(part: string): Promise<Report> {
    return this.#run(['hang', part]);
  }

  cut(part: string): Promise<Report> {
    return this.#run(['cut', part]);
  }

  /** Of one part, or of all. */
  heal(part?: string): Promise<Report> {
    return this.#run(part === undefined ? ['heal'] : ['heal', part]);
  }

  /** All nodes and workers in good order, one after the other. */
  restart(): Promise<Report> {
    return this.#run(['restart']);
  }

  async down(): Promise<void> {
    await this.#run(['down', '--delete']);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #run(what: readonly string[]): Promise<Report> {
    const args = ['lab', ...what, '--folder', join(this.#folder, 'lab'), '--json'];
    return new Promise((resolve, reject) => {
      execFile(SYNCWATCH, args, { timeout: UP_MS }, (failure, out, complaint) => {
        appendFileSync(this.#logFile, `${args.join(' ')}\n${complaint}${out}\n`);
        if (failure !== null) reject(new Error(`lab ${what.join(' ')}: ${complaint}`));
        else resolve(JSON.parse(out) as Report);
      });
    });
  }
}
