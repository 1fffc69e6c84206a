/** Plays HLS on a video element: hls.js where it runs, the browser's own player elsewhere. */
import type { StartCondition, TimeRange } from '../sync';
import { HlsEngine } from './hls-engine';
import { NativeEngine } from './native-engine';
import type {
  AudioTrack,
  PlayOutcome,
  Player,
  PlayerEvent,
  Rung,
  Source,
  SubtitleSource,
  SubtitleTrack,
} from './player';
import { StartWatch } from './start-watch';
import type { EngineHandlers, StreamEngine } from './stream-engine';
import { CueStore, type Cue } from './subtitle-cues';

/** Element events → what the room hears. */
const EVENTS: readonly (readonly [keyof HTMLVideoElementEventMap, PlayerEvent])[] = [
  ['play', { kind: 'state' }],
  ['pause', { kind: 'state' }],
  ['playing', { kind: 'state' }],
  ['seeking', { kind: 'state' }],
  ['ratechange', { kind: 'state' }],
  ['canplay', { kind: 'canplay' }],
  ['seeked', { kind: 'seeked' }],
  ['ended', { kind: 'ended' }],
  ['durationchange', { kind: 'duration' }],
  ['volumechange', { kind: 'volume' }],
  ['resize', { kind: 'picture' }],
  ['loadeddata', { kind: 'picture' }],
];

export class HlsPlayer implements Player {
  readonly #element: HTMLVideoElement;
  readonly #listeners = new Set<(event: PlayerEvent) => void>();
  readonly #stop = new AbortController();
  readonly #starts: StartWatch;
  #engine: StreamEngine | null = null;
  /** Counts loads: what an overtaken one brings is dropped. */
  #load = 0;
  #cues = new Map<string, CueStore>();
  #sources: readonly SubtitleSource[] = [];
  #subtitle: string | null = null;
  #subtitleOffsetSeconds = 0;
  #activeCues: readonly string[] = [];
  #stopFrames: (() => void) | null = null;

  constructor(element: HTMLVideoElement) {
    this.#element = element;
    element.preservesPitch = false;
    element.playsInline = true;
    element.preload = 'auto';
    const { signal } = this.#stop;
    for (const [name, event] of EVENTS) {
      element.addEventListener(
        name,
        () => {
          this.#emit(event);
        },
        { signal },
      );
    }
    this.#starts = new StartWatch(element, signal);
    element.addEventListener(
      'waiting',
      () => {
        if (!element.seeking && !element.paused) this.#emit({ kind: 'stalled' });
      },
      { signal },
    );
    for (const name of ['timeupdate', 'seeked'] as const) {
      element.addEventListener(
        name,
        () => {
          this.#refreshCues();
        },
        { signal },
      );
    }
  }

  load(source: Source): void {
    this.unload();
    this.#load += 1;
    const load = this.#load;
    void this.#makeEngine().then((engine) => {
      if (load !== this.#load) {
        engine?.destroy();
        return;
      }
      if (engine === null) {
        const message = 'no way to play HLS here';
        this.#emit({ kind: 'fault', fault: 'unsupported', fatal: true, message });
        return;
      }
      this.#engine = engine;
      engine.load(source);
    });
  }

  unload(): void {
    this.#load += 1;
    this.#engine?.destroy();
    this.#engine = null;
    this.#cues.clear();
    this.#subtitle = null;
    this.#refreshCues();
    this.#emit({ kind: 'tracks' });
  }

  async play(): Promise<PlayOutcome> {
    try {
      await this.#element.play();
      return 'playing';
    } catch (reason) {
      const refused = reason instanceof DOMException && reason.name === 'NotAllowedError';
      return refused ? 'refused' : 'interrupted';
    }
  }

  pause(): void {
    this.#element.pause();
  }

  seek(seconds: number): void {
    this.#starts.seeks();
    this.#element.currentTime = Math.max(0, seconds);
  }

  setRate(rate: number, keepPitch: boolean): void {
    // Switching pitch correction clicks, so it happens only when the room changes its speed.
    if (this.#element.preservesPitch !== keepPitch) this.#element.preservesPitch = keepPitch;
    if (this.#element.playbackRate !== rate) this.#element.playbackRate = rate;
  }

  get loaded(): boolean {
    return this.#engine !== null && this.#element.readyState >= HTMLMediaElement.HAVE_METADATA;
  }

  get positionSeconds(): number {
    return this.#element.currentTime;
  }

  get durationSeconds(): number {
    return this.#element.duration;
  }

  get paused(): boolean {
    return this.#element.paused;
  }

  get ended(): boolean {
    return this.#element.ended;
  }

  get seeking(): boolean {
    return this.#element.seeking;
  }

  get canPlay(): boolean {
    return this.#element.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  get startCondition(): StartCondition {
    return this.#starts.condition;
  }

  get rate(): number {
    return this.#element.playbackRate;
  }

  get buffered(): readonly TimeRange[] {
    const { buffered } = this.#element;
    return Array.from({ length: buffered.length }, (_none, i) => ({
      startSeconds: buffered.start(i),
      endSeconds: buffered.end(i),
    }));
  }

  get pictureWidth(): number {
    return this.#element.videoWidth;
  }

  get pictureHeight(): number {
    return this.#element.videoHeight;
  }

  get rungs(): readonly Rung[] {
    return this.#engine?.rungs ?? [];
  }

  get activeRung(): Rung | null {
    return this.#engine?.activeRung ?? null;
  }

  get chosenRung(): string | null {
    return this.#engine?.chosenRung ?? null;
  }

  chooseRung(id: string | null): void {
    this.#engine?.chooseRung(id);
  }

  capRung(id: string | null): void {
    this.#engine?.capRung(id);
  }

  get audioTracks(): readonly AudioTrack[] {
    return this.#engine?.audioTracks ?? [];
  }

  get audioTrack(): string | null {
    return this.#engine?.audioTrack ?? null;
  }

  chooseAudioTrack(id: string): void {
    this.#engine?.chooseAudioTrack(id);
  }

  get subtitles(): readonly SubtitleTrack[] {
    return this.#sources.length > 0 ? this.#sources : (this.#engine?.subtitles ?? []);
  }

  get subtitle(): string | null {
    return this.#subtitle;
  }

  offerSubtitles(sources: readonly SubtitleSource[]): void {
    this.#sources = sources;
    if (this.#subtitle !== null && this.subtitles.every(({ id }) => id !== this.#subtitle)) {
      this.chooseSubtitle(null);
    } else {
      this.#emit({ kind: 'tracks' });
    }
  }

  chooseSubtitle(id: string | null): void {
    this.#subtitle = id;
    const source = this.#sources.find((one) => one.id === id);
    this.#engine?.chooseSubtitle(source === undefined ? id : null);
    if (source !== undefined && !this.#cues.has(source.id)) this.#fetchCues(source);
    this.#watchFrames(id !== null);
    this.#refreshCues();
    this.#emit({ kind: 'tracks' });
  }

  get subtitleOffsetSeconds(): number {
    return this.#subtitleOffsetSeconds;
  }

  set subtitleOffsetSeconds(seconds: number) {
    this.#subtitleOffsetSeconds = seconds;
    this.#refreshCues();
  }

  get activeCues(): readonly string[] {
    return this.#activeCues;
  }

  get volume(): number {
    return this.#element.volume;
  }

  set volume(volume: number) {
    this.#element.volume = volume;
  }

  get muted(): boolean {
    return this.#element.muted;
  }

  set muted(muted: boolean) {
    this.#element.muted = muted;
  }

  subscribe(listener: (event: PlayerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onFrame(listener: (mediaSeconds: number, displayMs: number) => void): () => void {
    const element = this.#element;
    // Not in every browser; without it there is no independent check, and nothing else is lost.
    if (!('requestVideoFrameCallback' in element)) return () => undefined;
    let handle = 0;
    const next = (): void => {
      handle = element.requestVideoFrameCallback((_nowMs, frame) => {
        listener(frame.mediaTime, frame.expectedDisplayTime);
        next();
      });
    };
    next();
    return () => {
      element.cancelVideoFrameCallback(handle);
    };
  }

  destroy(): void {
    this.unload();
    this.#stopFrames?.();
    this.#stop.abort();
    this.#listeners.clear();
  }

  async #makeEngine(): Promise<StreamEngine | null> {
    const handlers: EngineHandlers = {
      emit: (event) => {
        this.#emit(event);
      },
      cues: (track, cues) => {
        this.#addCues(track, cues);
      },
    };
    const [{ default: Hls }, { default: workerPath }] = await Promise.all([
      import('hls.js'),
      // As a file of our own: a strict content security policy refuses workers from blobs.
      import('hls.js/dist/hls.worker.js?url'),
    ]);
    // Asked first, since some browsers claim to play HLS natively and then offer no choices.
    if (Hls.isSupported()) return new HlsEngine(Hls, this.#element, workerPath, handlers);
    if (this.#element.canPlayType('application/vnd.apple.mpegurl') !== '') {
      return new NativeEngine(this.#element, handlers);
    }
    return null;
  }

  #emit(event: PlayerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #fetchCues(source: SubtitleSource): void {
    const load = this.#load;
    source.load().then(
      (cues) => {
        if (load === this.#load) this.#addCues(source.id, cues);
      },
      () => {
        // Chosen again, it is fetched again.
        if (this.#subtitle === source.id) this.chooseSubtitle(null);
      },
    );
  }

  #addCues(track: string, cues: readonly Cue[]): void {
    let store = this.#cues.get(track);
    if (store === undefined) {
      store = new CueStore();
      this.#cues.set(track, store);
    }
    store.add(cues);
    this.#refreshCues();
  }

  /** `timeupdate` comes four times a second: too seldom for subtitles, so frames are watched. */
  #watchFrames(watch: boolean): void {
    this.#stopFrames?.();
    this.#stopFrames = watch
      ? this.onFrame(() => {
          this.#refreshCues();
        })
      : null;
  }

  #refreshCues(): void {
    const store = this.#subtitle === null ? undefined : this.#cues.get(this.#subtitle);
    const lines = store?.at(this.#element.currentTime, this.#subtitleOffsetSeconds) ?? [];
    const same =
      lines.length === this.#activeCues.length &&
      lines.every((line, i) => line === this.#activeCues[i]);
    if (same) return;
    this.#activeCues = lines;
    this.#emit({ kind: 'cues' });
  }
}
