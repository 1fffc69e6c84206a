/** Streams by the browser's own HLS, where there are no Media Source Extensions (iPhones). */
import type { AudioTrack, Rung, Source, SubtitleTrack } from './player';
import type { EngineHandlers, StreamEngine } from './stream-engine';
import { plainText } from './subtitle-cues';

export class NativeEngine implements StreamEngine {
  readonly #element: HTMLVideoElement;
  readonly #handlers: EngineHandlers;
  readonly #stop = new AbortController();
  // The browser chooses among the rungs by itself and tells nobody.
  readonly rungs: readonly Rung[] = [];
  readonly activeRung = null;
  readonly chosenRung = null;
  readonly audioTracks: readonly AudioTrack[] = [];
  readonly audioTrack = null;

  constructor(element: HTMLVideoElement, handlers: EngineHandlers) {
    this.#element = element;
    this.#handlers = handlers;
    const { signal } = this.#stop;
    const tracks = (): void => {
      handlers.emit({ kind: 'tracks' });
    };
    element.textTracks.addEventListener('addtrack', tracks, { signal });
    element.textTracks.addEventListener('removetrack', tracks, { signal });
    element.addEventListener(
      'error',
      () => {
        const code = element.error?.code;
        const fault =
          code === MediaError.MEDIA_ERR_NETWORK
            ? 'network'
            : code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED
              ? 'unsupported'
              : 'media';
        handlers.emit({ kind: 'fault', fault, fatal: true, message: element.error?.message ?? '' });
      },
      { signal },
    );
  }

  load(source: Source): void {
    this.#element.src = source.url;
    this.#element.addEventListener(
      'loadedmetadata',
      () => {
        this.#element.currentTime = source.startSeconds;
      },
      { once: true, signal: this.#stop.signal },
    );
  }

  chooseRung(): void {
    // Nothing to choose from.
  }

  capRung(): void {
    // Nothing to choose from.
  }

  chooseAudioTrack(): void {
    // Nothing to choose from.
  }

  get subtitles(): readonly SubtitleTrack[] {
    return this.#textTracks().map((track, index) => ({
      id: String(index),
      label: track.label,
      language: track.language,
    }));
  }

  chooseSubtitle(id: string | null): void {
    for (const [index, track] of this.#textTracks().entries()) {
      const chosen = String(index) === id;
      // Hidden: fetched and kept, but drawn by us.
      track.mode = chosen ? 'hidden' : 'disabled';
      track.oncuechange = chosen
        ? () => {
            this.#readCues(String(index), track);
          }
        : null;
      if (chosen) this.#readCues(String(index), track);
    }
  }

  destroy(): void {
    this.chooseSubtitle(null);
    this.#stop.abort();
    this.#element.removeAttribute('src');
    this.#element.load();
  }

  #textTracks(): readonly TextTrack[] {
    return Array.from(this.#element.textTracks).filter(
      (track) => track.kind === 'subtitles' || track.kind === 'captions',
    );
  }

  #readCues(id: string, track: TextTrack): void {
    const cues = Array.from(track.cues ?? []).map((cue) => ({
      startSeconds: cue.startTime,
      endSeconds: cue.endTime,
      text: plainText((cue as VTTCue).text),
    }));
    this.#handlers.cues(id, cues);
  }
}
