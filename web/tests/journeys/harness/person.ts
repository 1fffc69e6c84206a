/** One person at one browser: a page of their own, with everything that goes wrong on it noted. */
import type { BrowserContext, Page, WebSocket } from 'playwright-core';
import { expect } from 'vitest';
import { en } from '../../../src/i18n/en';
import { decodeServerValue, type Playback } from '../../../src/protocol';
import { positionAt, timelineOf } from '../../../src/sync';
import { frameNumber, picture, type Picture } from './picture';
import { PATIENCE_MS, until } from './until';
import { Watch } from './watch';

/** Browsers count a shift from 0 to about 1; people notice from 0.1. */
const MOST_SHIFT = 0.02;
/** Near enough not to be somewhere else in the film; how near exactly is for `expectInStep`. */
const ROUGHLY_SECONDS = 1.5;

export class Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly url: string;
  readonly #watch = new Watch();
  page: Page;
  /** What the server said last about the film, and when we read it. */
  playback: Playback | null = null;
  readonly #heard: ((playback: Playback) => void)[] = [];

  constructor(name: string, context: BrowserContext, page: Page, url: string) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.url = url;
    context.setDefaultTimeout(PATIENCE_MS);
    this.#follow(page);
  }

  async go(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.url).href);
  }

  /** As a guest, by the link alone: a name, one click. */
  async joinAsGuest(code: string, password: string | null = null): Promise<void> {
    await this.go(`/room/${code}`);
    await this.page.getByLabel(en.door.nameLabel).fill(this.name);
    if (password !== null) await this.page.getByLabel(en.door.passwordLabel).fill(password);
    await this.page.getByRole('button', { name: en.door.join, exact: true }).click();
  }

  /** As somebody who is known: one click, or none in a tab that was inside before. */
  async join(code: string): Promise<void> {
    await this.go(`/room/${code}`);
    const knock = this.page.getByRole('button', { name: en.door.joinAs(this.name) });
    const inside = this.page.getByTestId('picture');
    await knock.or(inside).first().waitFor();
    if (await knock.isVisible()) await knock.click();
  }

  /** Waits until the room is there. */
  async inside(): Promise<void> {
    await this.page.getByRole('tab', { name: en.room.tabs.chat }).first().waitFor();
    await until(`${this.name} hears of the film`, () => this.playback !== null);
  }

  // The film.

  async picture(): Promise<Picture> {
    return until(`${this.name} has a picture`, () => picture(this.page));
  }

  /** A frame on screen, not merely a video element. */
  async seesFilm(): Promise<void> {
    await until(`${this.name} sees the film`, async () => {
      const now = await picture(this.page);
      return now !== null && now.width > 0 && now.readyState >= 2;
    });
  }

  /** The frames on screen follow one another, and are those that the room is at. */
  async seesItRun(): Promise<void> {
    let before: Picture | null = null;
    await until(`${this.name} sees it run`, async () => {
      const now = await picture(this.page);
      if (now === null || now.width === 0 || now.paused || !this.#isWhereTheRoomIs(now)) {
        before = null;
        return false;
      }
      if (before === null || now.position < before.position) before = now;
      return now.frames > before.frames + 5 && now.position > before.position + 0.2;
    }).catch(this.#saysWhatThereIs);
  }

  async seesItStand(): Promise<void> {
    await until(`${this.name} sees it stand`, async () => {
      const now = await picture(this.page);
      return now?.paused === true && now.readyState >= 2;
    }).catch(this.#saysWhatThereIs);
  }

  readonly #saysWhatThereIs = async (failure: unknown): Promise<never> => {
    const there = { who: this.name, sees: await picture(this.page), room: this.playback };
    throw new Error(JSON.stringify(there), { cause: failure });
  };

  frameNumber(): Promise<number> {
    return until(`${this.name} sees a frame`, () => frameNumber(this.page));
  }

  /** Controls fade: a movement brings them back. */
  async wakeControls(): Promise<void> {
    const box = await this.page.getByTestId('picture').boundingBox();
    if (box === null) throw new Error(`${this.name} has no picture to point at`);
    await this.page.mouse.move(box.x + box.width / 2 - 5, box.y + box.height / 3);
    await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
  }

  /**
   * A button of the controls, which may fade while a busy machine finds it. A click may have had its
   * effect although the browser took too long to say so: then `isDone`, and it must not be pressed
   * again.
   */
  async pressControl(label: string, isDone = (): boolean => false): Promise<void> {
    const button = this.page.getByRole('button', { name: label });
    await until(`${this.name} presses "${label}"`, async () => {
      if (isDone()) return true;
      await this.wakeControls();
      return button.click({ timeout: 2000 }).then(() => true, isDone);
    });
  }

  async pressPlay(): Promise<Playback> {
    return this.#command((playback) => !playback.paused, en.player.play);
  }

  async pressPause(): Promise<Playback> {
    return this.#command((playback) => playback.paused, en.player.pause);
  }

  /** Clicks on the seek bar, at a share of the film. */
  async seekTo(share: number): Promise<Playback> {
    const before = this.playback?.stamp;
    const answer = this.#nextPlayback((playback) => playback.stamp !== before);
    await this.wakeControls();
    const bar = this.page.getByRole('slider', { name: en.player.seek });
    const box = await bar.boundingBox();
    if (box === null) throw new Error(`${this.name} has no seek bar`);
    await this.page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
    return answer;
  }

  // The chat.

  async say(text: string): Promise<void> {
    const field = this.page.getByLabel(en.chat.field).first();
    await field.fill(text);
    await field.press('Enter');
  }

  async reads(text: string): Promise<void> {
    await this.page.getByTestId('message').filter({ hasText: text }).first().waitFor();
  }

  async messages(): Promise<string[]> {
    const all = await this.page.getByTestId('message').allInnerTexts();
    return all.map((text) => text.trim());
  }

  // The rest.

  async openTab(tab: keyof typeof en.room.tabs): Promise<void> {
    await this.page.getByRole('tab', { name: en.room.tabs[tab] }).click();
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Another tab in place of this one, as after a crash or a reload by hand. */
  async newTab(): Promise<void> {
    const before = this.page;
    this.page = await this.context.newPage();
    this.#follow(this.page);
    await before.close({ runBeforeUnload: false });
  }

  /** Nothing that should not be there was seen on any page of this person. */
  async isCalm(): Promise<void> {
    expect(this.#watch.problems, `on ${this.name}'s pages`).toEqual([]);
    if (this.page.isClosed()) return;
    const { total, moved } = await Watch.shifts(this.page);
    expect(total, `layout shifts for ${this.name}: ${moved.join('; ')}`).toBeLessThan(MOST_SHIFT);
  }

  /** Closes the page for good, and says how it went until then. */
  async leave(): Promise<void> {
    await this.isCalm();
    await this.page.close();
  }

  #follow(page: Page): void {
    this.#watch.follow(page);
    page.on('websocket', (socket: WebSocket) => {
      socket.on('framereceived', ({ payload }) => {
        const text = payload.toString();
        if (!text.includes('"playback"')) return;
        const decoded = decodeServerValue(JSON.parse(text) as unknown);
        if (decoded.kind !== 'frame' || !('playback' in decoded.frame)) return;
        this.playback = decoded.frame.playback;
        for (const listener of this.#heard) listener(this.playback);
      });
    });
  }

  /** A film that is about to be sought still runs somewhere else. */
  #isWhereTheRoomIs({ position }: Picture): boolean {
    if (this.playback === null) return false;
    const room = positionAt(timelineOf(this.playback), Date.now() * 1000);
    return Math.abs(position - room) < ROUGHLY_SECONDS;
  }

  async #command(holds: (playback: Playback) => boolean, label: string): Promise<Playback> {
    let answered = false;
    const answer = this.#nextPlayback(holds).then((playback) => {
      answered = true;
      return playback;
    });
    await this.pressControl(label, () => answered);
    return answer;
  }

  /** The next state from the server that is as it should be. */
  #nextPlayback(holds: (playback: Playback) => boolean): Promise<Playback> {
    const found: Playback[] = [];
    const listen = (playback: Playback): void => {
      if (holds(playback)) found.push(playback);
    };
    this.#heard.push(listen);
    return until(`the room obeys ${this.name}`, () => found[0], { everyMs: 10 }).finally(() => {
      this.#heard.splice(this.#heard.indexOf(listen), 1);
    });
  }
}
