/** The films of whoever is signed in, kept fresh while something is being made. */
import type { Problem, Video, Videos } from '../api';

const BUSY_MS = 1500;
const CALM_MS = 30_000;

export class Library {
  /** The newest first; null until they were read once. */
  videos = $state.raw<readonly Video[] | null>(null);
  problem = $state.raw<Problem | null>(null);

  readonly #videos: Videos;
  #watchers = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #reading = false;
  #again = false;

  constructor(videos: Videos) {
    this.#videos = videos;
  }

  /** Reads them and goes on reading; returns how to stop. */
  watch(): () => void {
    this.#watchers += 1;
    void this.refresh();
    return () => {
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#rest();
    };
  }

  async refresh(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    this.#rest();
    const answer = await this.#videos.list();
    this.#reading = false;
    if (answer.ok) {
      this.videos = [...answer.value].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
      this.problem = null;
    } else {
      this.problem = answer.problem;
    }
    if (this.#again) {
      this.#again = false;
      await this.refresh();
    } else if (this.#watchers > 0) {
      this.#timer = setTimeout(() => void this.refresh(), this.#isBusy() ? BUSY_MS : CALM_MS);
    }
  }

  find(id: string | null): Video | null {
    return this.videos?.find((one) => one.id === id) ?? null;
  }

  /** Somebody else is here now. */
  forget(): void {
    this.videos = null;
    this.problem = null;
  }

  /** Shown without waiting for the next reading. */
  replace(video: Video): void {
    this.videos = this.videos?.map((one) => (one.id === video.id ? video : one)) ?? null;
  }

  drop(id: string): void {
    this.videos = this.videos?.filter((one) => one.id !== id) ?? null;
  }

  #isBusy(): boolean {
    if (this.problem !== null) return true;
    return (
      this.videos?.some(
        ({ status }) => status === 'uploading' || status === 'probing' || status === 'transcoding',
      ) ?? true
    );
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
