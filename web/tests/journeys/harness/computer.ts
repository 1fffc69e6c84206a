/** A browser with processes of its own: one person's computer, which can fall asleep. */
import { chromium, type Browser, type BrowserServer, type LaunchOptions } from 'playwright-core';
import { CHROMIUM } from './paths';

export const LAUNCH: LaunchOptions = {
  executablePath: CHROMIUM,
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export class Computer {
  readonly browser: Browser;
  readonly #server: BrowserServer;

  private constructor(server: BrowserServer, browser: Browser) {
    this.#server = server;
    this.browser = browser;
  }

  static async start(): Promise<Computer> {
    const server = await chromium.launchServer(LAUNCH);
    return new Computer(server, await chromium.connect(server.wsEndpoint()));
  }

  /** Everything in it stands still; nothing may be asked of its pages meanwhile. */
  sleep(): void {
    this.#signal('SIGSTOP');
  }

  wake(): void {
    this.#signal('SIGCONT');
  }

  async end(): Promise<void> {
    this.wake();
    await this.browser.close();
    await this.#server.close();
  }

  /** To all its processes: they are a group of their own. */
  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.#server.process();
    if (pid !== undefined) process.kill(-pid, signal);
  }
}
