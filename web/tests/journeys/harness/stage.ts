/** All that one journey needs: a server, people at browsers, bad networks; and its end. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { Computer, LAUNCH } from './computer';
import { expect } from 'vitest';
import { recorder } from '../../skew/recorder';
import { Api, type Account } from './api';
import { Lab } from './lab';
import { REPORTS } from './paths';
import { Person } from './person';
import { Relay } from './relay';
import { Server } from './server';
import { Watch } from './watch';

export interface PersonOptions {
  /** Their network; without: straight to the server. */
  readonly relay?: Relay;
  /** Signed in already. */
  readonly as?: Account;
  readonly browser?: BrowserContextOptions;
  /** A browser process of their own, which can be put to sleep; else they share one. */
  readonly computer?: Computer;
  /** Writes down where the video is (tests/skew). */
  readonly recorded?: boolean;
}

export interface RoomOptions {
  readonly owner?: string;
  /** Wait until the film is ready as a whole, not only in part. */
  readonly whole?: boolean;
  /** As for POST /rooms. */
  readonly wishes?: object;
}

export class Stage {
  readonly folder: string;
  readonly server: Server;
  /** In place of the server: so many nodes, and all that they need. */
  readonly lab: Lab | null;
  readonly #nodes: number;
  readonly people: Person[] = [];
  readonly #relays: Relay[] = [];
  readonly #computers: Computer[] = [];
  #browser: Browser | null = null;

  constructor(name: string, serverArgs: readonly string[], nodes = 0) {
    this.folder = join(REPORTS, name.replaceAll(/[^A-Za-z0-9]+/g, '-'));
    mkdirSync(this.folder, { recursive: true });
    this.server = new Server(join(this.folder, 'server.log'), serverArgs);
    this.#nodes = nodes;
    this.lab = nodes === 0 ? null : new Lab(join(this.folder, 'lab.log'));
  }

  async open(): Promise<void> {
    const site = this.lab?.up(this.#nodes) ?? this.server.start();
    const [browser] = await Promise.all([chromium.launch(LAUNCH), site]);
    this.#browser = browser;
  }

  /** Past the load balancer: through it, the first account would need the setup token. */
  get api(): Api {
    return new Api(this.lab?.nodeUrl(1) ?? this.server.url);
  }

  async person(name: string, options: PersonOptions = {}): Promise<Person> {
    if (this.#browser === null) throw new Error('the stage is not open');
    const url = options.relay?.url ?? this.lab?.url ?? this.server.url;
    const browser = options.computer?.browser ?? this.#browser;
    const context = await browser.newContext({
      viewport: { width: 1280, height: 720 },
      locale: 'en-GB',
      ...options.browser,
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
    await Watch.over(context);
    if (options.recorded === true) await context.addInitScript(recorder);
    if (options.as !== undefined) {
      await context.addCookies([{ name: 'syncwatch_session', value: options.as.token, url }]);
    }
    const person = new Person(name, context, await context.newPage(), url);
    this.people.push(person);
    return person;
  }

  async computer(): Promise<Computer> {
    const computer = await Computer.start();
    this.#computers.push(computer);
    return computer;
  }

  /** Between one person and the server. */
  async relay(seed = 1): Promise<Relay> {
    const log = join(this.folder, `relay-${String(this.#relays.length)}.log`);
    const relay = new Relay(this.server.port, log, seed);
    await relay.start();
    this.#relays.push(relay);
    return relay;
  }

  /** Somebody's room with a film in it, ready to play; or with none. */
  async roomWith(
    film: string | null,
    { owner = 'Ada', whole = true, wishes = {} }: RoomOptions = {},
  ): Promise<{ code: string; owner: Account; film: string }> {
    const account = await this.api.register(owner);
    const code = await this.api.openRoom(account, wishes);
    if (film === null) return { code, owner: account, film: '' };
    const id = await this.api.upload(account, film, code);
    await this.api.prepared(account, id, whole);
    return { code, owner: account, film: id };
  }

  /** Before the curtain: nobody saw an error, a violation, or a layout that shifts. */
  async isCalm(): Promise<void> {
    for (const person of this.people) await person.isCalm();
  }

  /** What everybody saw when it went wrong. */
  async photograph(): Promise<void> {
    for (const person of this.people) {
      const file = join(this.folder, person.name);
      try {
        await person.page.screenshot({ path: `${file}.png`, timeout: 5000 });
        writeFileSync(`${file}.html`, await person.page.content());
      } catch {
        // A page that is gone leaves no picture.
      }
    }
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await Promise.all(this.#computers.map((computer) => computer.end()));
    await Promise.all(this.#relays.map((relay) => relay.end()));
    await this.lab?.down();
    const exit = await this.server.dispose();
    expect(exit, 'how the server ended').toBe(0);
  }
}
