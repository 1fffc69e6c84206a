/** The subtitles of what is on: those of the server, and files that a viewer opened for itself. */
import { languageName, t } from '../../i18n';
import { decodeText, readSubtitles, type Cue } from '../../player';
import type { SubtitleFile } from '../../protocol';
import type { Preferences } from '../../state/preferences.svelte';
import type { RoomMedia } from '../../state/room-media.svelte';

interface OwnFile {
  readonly id: string;
  readonly name: string;
  readonly cues: readonly Cue[];
}

async function fetchCues(url: string): Promise<readonly Cue[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(String(response.status));
  return readSubtitles(await response.text());
}

export class FilmSubtitles {
  #own = $state.raw<readonly OwnFile[]>([]);
  readonly #media: RoomMedia;
  readonly #preferences: Preferences;
  #count = 0;
  /** The film for which the remembered language was tried. */
  #restoredFor: string | null = null;

  constructor(media: RoomMedia, preferences: Preferences) {
    this.#media = media;
    this.#preferences = preferences;
  }

  /** Call when another film is on, or what the server has for it changed. */
  offer(files: readonly SubtitleFile[]): void {
    const own = this.#own.map(({ id, name, cues }) => ({
      id,
      label: name,
      language: '',
      load: () => Promise.resolve(cues),
    }));
    this.#media.offerSubtitles([
      ...files.map(({ id, language, title, url }) => ({
        id,
        language,
        label: title,
        load: () => fetchCues(url),
      })),
      ...own,
    ]);
  }

  filmChanged(): void {
    this.#own = [];
  }

  /** Shows what was shown in the last film, if this one has it. Once for each film. */
  restore(item: string): void {
    const language = this.#preferences.values.subtitleLanguage;
    if (this.#restoredFor === item || language === null || this.#media.subtitles.length === 0) {
      return;
    }
    this.#restoredFor = item;
    const found = this.#media.subtitles.find((track) => track.language === language);
    if (found !== undefined && this.#media.subtitle === null) this.#media.chooseSubtitle(found.id);
  }

  choose(id: string | null): void {
    this.#media.chooseSubtitle(id);
    const chosen = this.#media.subtitles.find((track) => track.id === id);
    this.#preferences.set({ subtitleLanguage: chosen?.language ?? null });
  }

  /** On with what was on last, or the first there is; off if they are on. */
  toggle(): void {
    const { subtitle, subtitles } = this.#media;
    if (subtitle !== null) {
      this.choose(null);
      return;
    }
    const wanted = this.#preferences.values.subtitleLanguage;
    const found = subtitles.find((track) => track.language === wanted) ?? subtitles[0];
    if (found !== undefined) this.choose(found.id);
  }

  /** False if the file holds no subtitles. */
  async openOwn(file: File, files: readonly SubtitleFile[]): Promise<boolean> {
    const cues = readSubtitles(decodeText(await file.arrayBuffer()));
    if (cues.length === 0) return false;
    this.#count += 1;
    const id = `own-${String(this.#count)}`;
    this.#own = [...this.#own, { id, name: file.name, cues }];
    this.offer(files);
    this.#media.chooseSubtitle(id);
    return true;
  }

  /** What a track is called. */
  static labelOf(
    track: { readonly label: string; readonly language: string },
    index: number,
  ): string {
    const language = languageName(track.language);
    if (language === null) return track.label === '' ? t.player.track(index + 1) : track.label;
    const plain = track.label === '' || track.label.toLowerCase() === language.toLowerCase();
    return plain || track.label === track.language ? language : `${language} · ${track.label}`;
  }
}
