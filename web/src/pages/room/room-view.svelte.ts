/** How the room is looked at: what is open, folded, full or hidden. Nothing that others see. */
import { untrack } from 'svelte';
import type { Preferences } from '../../state/preferences.svelte';

export type RailTab = 'chat' | 'people' | 'queue';
export type RoomDialog = 'invite' | 'settings' | 'shortcuts' | 'add';

/** Controls stay this long after the last movement. */
const CONTROLS_SHOWN_MS = 3000;

/** Less than this is the browser's own bar coming and going. */
const KEYBOARD_PIXELS = 120;

/** Phones on their side have no room for anything beside the film. */
const FILM_ALONE = '(max-height: 480px) and (orientation: landscape) and (pointer: coarse)';

/** iPhones give fullscreen to the picture alone, by a call of their own. */
type Picture = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

export class RoomView {
  tab = $state<RailTab>('chat');
  dialog = $state<RoomDialog | null>(null);
  fullscreen = $state(false);
  pictureInPicture = $state(false);
  /** The screen is too low for a rail. */
  filmAlone = $state(false);
  /** Somebody moved or touched something lately. */
  awake = $state(true);
  /** The pointer rests on the controls. */
  pointed = $state(false);
  /** Panels over the film that are open: the controls stay while there are any. */
  panels = $state(0);
  /** The line to write in, over the film. */
  overlayComposer = $state(false);
  /** Counts wishes to write: the composer takes the focus. */
  chatWish = $state(0);
  /** The message that the next one answers. */
  replyTo = $state<string | null>(null);
  /** A name to begin the next message with. */
  mention = $state<string | null>(null);

  /** Pixels that a keyboard on the screen leaves; null: all of them. */
  height = $state<number | null>(null);

  readonly #preferences: Preferences;
  readonly #stop = new AbortController();
  #timer = 0;
  root: HTMLElement | null = null;
  video: Picture | null = null;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    const { signal } = this.#stop;
    const alone = window.matchMedia(FILM_ALONE);
    this.filmAlone = alone.matches;
    alone.addEventListener(
      'change',
      () => {
        this.filmAlone = alone.matches;
      },
      { signal },
    );
    const visual = window.visualViewport;
    visual?.addEventListener(
      'resize',
      () => {
        // Where the page itself does not become lower, the keyboard would lie over the chat.
        const covered = window.innerHeight - visual.height * visual.scale;
        this.height = covered > KEYBOARD_PIXELS && visual.scale === 1 ? visual.height : null;
        if (this.height !== null) window.scrollTo(0, 0);
      },
      { signal },
    );
    document.addEventListener(
      'fullscreenchange',
      () => {
        this.fullscreen = document.fullscreenElement !== null;
        if (!this.fullscreen) this.overlayComposer = false;
      },
      { signal },
    );
  }

  get folded(): boolean {
    return this.#preferences.values.railFolded;
  }

  /** Nothing stands beside the film. */
  get railHidden(): boolean {
    return this.folded || this.fullscreen || this.filmAlone;
  }

  get chatVisible(): boolean {
    return !this.railHidden && this.tab === 'chat';
  }

  attachVideo(video: HTMLVideoElement): void {
    this.video = video;
    const { signal } = this.#stop;
    video.addEventListener(
      'enterpictureinpicture',
      () => {
        this.pictureInPicture = true;
      },
      { signal },
    );
    video.addEventListener(
      'leavepictureinpicture',
      () => {
        this.pictureInPicture = false;
      },
      { signal },
    );
  }

  wake(): void {
    this.awake = true;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.awake = false;
    }, CONTROLS_SHOWN_MS);
  }

  /** A panel over the film is open; returns what to call when it is closed. */
  hold(): () => void {
    untrack(() => {
      this.panels += 1;
    });
    return () => {
      this.panels -= 1;
      this.wake();
    };
  }

  sleep(): void {
    clearTimeout(this.#timer);
    this.awake = false;
  }

  toggleTheatre(): void {
    if (this.fullscreen) void document.exitFullscreen();
    this.#preferences.set({ railFolded: !this.folded });
  }

  async toggleFullscreen(): Promise<void> {
    try {
      if (document.fullscreenElement !== null) {
        await document.exitFullscreen();
      } else if (this.root !== null && document.fullscreenEnabled) {
        await this.root.requestFullscreen({ navigationUI: 'hide' });
      } else {
        this.video?.webkitEnterFullscreen?.();
      }
    } catch {
      // Refused: it stays as it is.
    }
  }

  get canPip(): boolean {
    return document.pictureInPictureEnabled;
  }

  async togglePip(): Promise<void> {
    try {
      if (document.pictureInPictureElement !== null) await document.exitPictureInPicture();
      else await this.video?.requestPictureInPicture();
    } catch {
      // Not while there is no picture.
    }
  }

  /** Somebody wants to write: where depends on what is beside the film. */
  openChat(): void {
    if (this.fullscreen || this.filmAlone) {
      this.overlayComposer = true;
    } else {
      if (this.folded) this.#preferences.set({ railFolded: false });
      this.tab = 'chat';
    }
    this.chatWish += 1;
  }

  open(tab: RailTab): void {
    if (this.fullscreen) void document.exitFullscreen();
    if (this.folded) this.#preferences.set({ railFolded: false });
    this.tab = tab;
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
    if (document.fullscreenElement !== null) void document.exitFullscreen();
  }
}
