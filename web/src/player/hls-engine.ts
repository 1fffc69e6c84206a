/** Streams through hls.js and Media Source Extensions: the usual way, all choices open. */
import type Hls from 'hls.js';
import type { ErrorData, HlsConfig, Level, MediaPlaylist } from 'hls.js';
import type { AudioTrack, PlayerFaultKind, Rung, Source, SubtitleTrack } from './player';
import type { EngineHandlers, StreamEngine } from './stream-engine';
import { plainText, type Cue } from './subtitle-cues';

type HlsClass = typeof Hls;

/** Long enough to play through a tunnel or a server's restart. */
const BUFFER_SECONDS = 60;
/** Kept behind the picture, so that a short jump back shows at once. */
const BACK_BUFFER_SECONDS = 60;
/** A second media error within this time needs the stronger cure, a third one is the end. */
const MEDIA_ERROR_WINDOW_MS = 8000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;
/** Answers that will not change by asking again: the capability is over or the film is gone. */
const HOPELESS = new Set([401, 403, 404, 410]);

const CONFIG: Partial<HlsConfig> = {
  maxBufferLength: BUFFER_SECONDS,
  backBufferLength: BACK_BUFFER_SECONDS,
  // The room decides where the picture is; hls.js must never chase a live edge.
  lowLatencyMode: false,
  liveDurationInfinity: false,
  maxLiveSyncPlaybackRate: 1,
  // Subtitles can be shifted and sized, so we draw them ourselves.
  renderTextTracksNatively: false,
  enableCEA708Captions: false,
  enableDateRangeMetadataCues: false,
  enableEmsgMetadataCues: false,
  enableID3MetadataCues: false,
};

function isCueLike(value: unknown): value is { startTime: number; endTime: number; text: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'startTime' in value &&
    'endTime' in value &&
    'text' in value
  );
}

function readCues(value: unknown): Cue[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isCueLike).map((cue) => ({
    startSeconds: cue.startTime,
    endSeconds: cue.endTime,
    text: plainText(cue.text),
  }));
}

export class HlsEngine implements StreamEngine {
  readonly #class: HlsClass;
  readonly #hls: Hls;
  readonly #handlers: EngineHandlers;
  #rungs: readonly Rung[] = [];
  #chosen: string | null = null;
  #mediaErrors: number[] = [];
  #retries = 0;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #source: Source | null = null;
  #manifestSeen = false;

  constructor(
    hlsClass: HlsClass,
    element: HTMLMediaElement,
    workerPath: string | null,
    handlers: EngineHandlers,
  ) {
    this.#class = hlsClass;
    this.#handlers = handlers;
    this.#hls = new hlsClass({ ...CONFIG, workerPath });
    this.#listen();
    this.#hls.attachMedia(element);
  }

  load(source: Source): void {
    this.#source = source;
    // Without it a film that is still being made would start at its end.
    this.#hls.config.startPosition = source.startSeconds;
    this.#hls.loadSource(source.url);
  }

  get rungs(): readonly Rung[] {
    return this.#rungs;
  }

  get activeRung(): Rung | null {
    return this.#rungs[this.#hls.currentLevel] ?? this.#rungs[this.#hls.loadLevel] ?? null;
  }

  get chosenRung(): string | null {
    return this.#chosen;
  }

  chooseRung(id: string | null): void {
    this.#chosen = id;
    // `nextLevel` changes at the next segment, so the picture never stops for it.
    this.#hls.nextLevel = id === null ? -1 : this.#indexOf(id);
    this.#handlers.emit({ kind: 'tracks' });
  }

  capRung(id: string | null): void {
    this.#hls.autoLevelCapping = id === null ? -1 : this.#indexOf(id);
  }

  get audioTracks(): readonly AudioTrack[] {
    return this.#hls.audioTracks.map((track, index) => ({
      id: String(index),
      label: track.name,
      language: track.lang ?? '',
    }));
  }

  get audioTrack(): string | null {
    const index = this.#hls.audioTrack;
    return index < 0 ? null : String(index);
  }

  chooseAudioTrack(id: string): void {
    this.#hls.audioTrack = Number(id);
  }

  get subtitles(): readonly SubtitleTrack[] {
    return this.#hls.subtitleTracks.map((track, index) => ({
      id: String(index),
      label: track.name,
      language: track.lang ?? '',
    }));
  }

  chooseSubtitle(id: string | null): void {
    this.#hls.subtitleTrack = id === null ? -1 : Number(id);
  }

  destroy(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#hls.destroy();
  }

  #indexOf(id: string): number {
    return this.#rungs.findIndex((rung) => rung.id === id);
  }

  #listen(): void {
    const { Events } = this.#class;
    const hls = this.#hls;
    const tracks = (): void => {
      this.#handlers.emit({ kind: 'tracks' });
    };
    hls.on(Events.MANIFEST_PARSED, (_event, data) => {
      this.#manifestSeen = true;
      this.#readRungs(data.levels);
      // What the film marks as its default is shown only when somebody chooses it.
      hls.subtitleTrack = -1;
      tracks();
    });
    hls.on(Events.LEVELS_UPDATED, (_event, data) => {
      this.#readRungs(data.levels);
      tracks();
    });
    hls.on(Events.LEVEL_SWITCHED, tracks);
    hls.on(Events.AUDIO_TRACKS_UPDATED, tracks);
    hls.on(Events.AUDIO_TRACK_SWITCHED, tracks);
    hls.on(Events.SUBTITLE_TRACKS_UPDATED, tracks);
    hls.on(Events.CUES_PARSED, (_event, data) => {
      if (data.type === 'subtitles') this.#readCues(data.subtitleTrack, data.cues);
    });
    hls.on(Events.FRAG_LOADED, (_event, data) => {
      this.#retries = 0;
      const { stats } = data.frag;
      const type: string = data.frag.type;
      if (type !== 'main' || stats.total <= 0) return;
      this.#handlers.emit({
        kind: 'download',
        bits: stats.total * 8,
        milliseconds: Math.max(1, stats.loading.end - stats.loading.start),
      });
    });
    hls.on(Events.ERROR, (_event, data) => {
      this.#failed(data);
    });
  }

  #readRungs(levels: readonly Level[]): void {
    this.#rungs = levels.map((level, index) => ({
      id: String(index),
      label:
        (level.name as string | undefined) ??
        `${String(Math.min(level.width, level.height) || level.height)}p`,
      heightPixels: level.height,
      bitsPerSecond: level.bitrate,
    }));
  }

  #readCues(track: MediaPlaylist | undefined, cues: unknown): void {
    const tracks = this.#hls.subtitleTracks;
    const index = track === undefined ? this.#hls.subtitleTrack : tracks.indexOf(track);
    const fallback = tracks.findIndex((one) => one.id === track?.id && one.url === track.url);
    const found = index >= 0 ? index : fallback;
    if (found >= 0) this.#handlers.cues(String(found), readCues(cues));
  }

  #failed(data: ErrorData): void {
    if (!data.fatal) return;
    const { ErrorTypes, ErrorDetails } = this.#class;
    const codec =
      data.details === ErrorDetails.BUFFER_ADD_CODEC_ERROR ||
      data.details === ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR ||
      data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR;
    if (codec) this.#giveUp('unsupported', data);
    else if (data.type === ErrorTypes.MEDIA_ERROR) this.#cureMedia(data);
    else if (HOPELESS.has(data.response?.code ?? 0)) this.#giveUp('network', data);
    else if (data.type === ErrorTypes.NETWORK_ERROR) this.#retryLater(data);
    else this.#giveUp('media', data);
  }

  #cureMedia(data: ErrorData): void {
    const nowMs = performance.now();
    this.#mediaErrors = this.#mediaErrors.filter((atMs) => nowMs - atMs < MEDIA_ERROR_WINDOW_MS);
    this.#mediaErrors.push(nowMs);
    if (this.#mediaErrors.length > 2) {
      this.#giveUp('media', data);
      return;
    }
    if (this.#mediaErrors.length === 2) this.#hls.swapAudioCodec();
    this.#hls.recoverMediaError();
    this.#tell('media', false, data);
  }

  /** The server is away: what is buffered plays on, and loading goes on when it is back. */
  #retryLater(data: ErrorData): void {
    this.#tell('network', false, data);
    if (this.#retryTimer !== null) return;
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries);
    this.#retries += 1;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      if (this.#manifestSeen) this.#hls.startLoad();
      else if (this.#source !== null) this.#hls.loadSource(this.#source.url);
    }, delayMs);
  }

  #giveUp(fault: PlayerFaultKind, data: ErrorData): void {
    this.#tell(fault, true, data);
  }

  #tell(fault: PlayerFaultKind, fatal: boolean, data: ErrorData): void {
    this.#handlers.emit({ kind: 'fault', fault, fatal, message: data.details });
  }
}
