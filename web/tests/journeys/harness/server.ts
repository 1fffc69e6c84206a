/** The real server, with a data folder of its own, on a port of loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child';
import { SYNCWATCH, WEB_APP } from './paths';
import { until } from './until';

export class Server {
  readonly #logFile: string;
  readonly #args: readonly string[];
  readonly data = mkdtempSync(join(tmpdir(), 'syncwatch-journey-'));
  #child: Child | null = null;
  #port = 0;

  constructor(logFile: string, args: readonly string[] = []) {
    this.#logFile = logFile;
    this.#args = args;
  }

  /** Returns when it is healthy. After a stop it comes back at the same port. */
  async start(): Promise<void> {
    const listen = `127.0.0.1:${String(this.#port)}`;
    const args = ['serve', '--server-listen', listen, '--data-dir', this.data];
    this.#child = new Child(
      SYNCWATCH,
      [...args, '--web-dir', WEB_APP, ...this.#args],
      this.#logFile,
    );
    const said = await this.#child.line(/^SyncWatch is at http:\/\/127\.0\.0\.1:(\d+)/);
    this.#port = Number(said[1]);
    await until('a healthy server', async () => (await fetch(`${this.url}/health/ready`)).ok);
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  async stop(): Promise<void> {
    await this.#child?.end('SIGTERM');
    this.#child = null;
  }

  async kill(): Promise<void> {
    await this.#child?.end('SIGKILL');
    this.#child = null;
  }

  /** The end of the journey: stops, and says how that went. */
  async dispose(): Promise<number | string> {
    const exit = (await this.#child?.end('SIGTERM')) ?? 0;
    this.#child = null;
    rmSync(this.data, { recursive: true, force: true });
    return exit;
  }
}
