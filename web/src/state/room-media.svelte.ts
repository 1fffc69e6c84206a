/** The player's choices, as reactive fields for the controls. */
import type {
  AudioTrack,
  Player,
  PlayerEvent,
  Rung,
  SubtitleSource,
  SubtitleTrack,
} from '../player';
import type { TimeRange } from '../sync';

const USUAL_FRAME_SECONDS = 1 / 25;
const LEAST_FRAME_SECONDS = 1 / 130;

export class RoomMedia {
  rungs = $state.raw<readonly Rung[]>([]);
  activeRung = $state.raw<Rung | null>(null);
  /** Null: chosen automatically. */
  chosenRung = $state<string | null>(null);
  audioTracks = $state.raw<readonly AudioTrack[]>([]);
  audioTrack = $state<string | null>(null);
  subtitles = $state.raw<readonly SubtitleTrack[]>([]);
  subtitle = $state<string | null>(null);
  subtitleOffsetSeconds = $state(0);
  /** The lines to draw over the film now. */
  cues = $state.raw<readonly string[]>([]);
  volume = $state(1);
  muted = $state(false);
  buffered = $state.raw<readonly TimeRange[]>([]);
  pictureWidth = $state(0);
  pictureHeight = $state(0);
  /** The player gave up; in words for logs. Null while all is well. */
  fault = $state.raw<Extract<PlayerEvent, { kind: 'fault' }> | null>(null);

  #player: Player | null = null;
  #sources: readonly SubtitleSource[] = [];
  /** Place of the picture on screen, and how long one is shown; a guess until it was seen. */
  #frameAt: number | null = null;
  #frameSeconds = USUAL_FRAME_SECONDS;

  attach(player: Player): () => void {
    this.#player = player;
    player.offerSubtitles(this.#sources);
    this.#readTracks(player);
    this.#readVolume(player);
    const stopFrames = this.#followFrames(player);
    const unsubscribe = player.subscribe((event) => {
      this.#heard(player, event);
    });
    return () => {
      unsubscribe();
      stopFrames();
      this.#player = null;
    };
  }

  chooseRung(id: string | null): void {
    this.#player?.chooseRung(id);
  }

  chooseAudioTrack(id: string): void {
    this.#player?.chooseAudioTrack(id);
  }

  /** Subtitles that come beside the stream. */
  offerSubtitles(sources: readonly SubtitleSource[]): void {
    this.#sources = sources;
    this.#player?.offerSubtitles(sources);
  }

  chooseSubtitle(id: string | null): void {
    this.#player?.chooseSubtitle(id);
  }

  setSubtitleOffset(seconds: number): void {
    if (this.#player !== null) this.#player.subtitleOffsetSeconds = seconds;
    this.subtitleOffsetSeconds = seconds;
  }

  setVolume(volume: number): void {
    if (this.#player !== null) this.#player.volume = Math.min(1, Math.max(0, volume));
  }

  setMuted(muted: boolean): void {
    if (this.#player !== null) this.#player.muted = muted;
  }

  /** The picture on screen; null while none was seen. */
  get frame(): { readonly atSeconds: number; readonly lengthSeconds: number } | null {
    const at = this.#frameAt;
    return at === null ? null : { atSeconds: at, lengthSeconds: this.#frameSeconds };
  }

  /** Called a few times a second. */
  refresh(): void {
    const player = this.#player;
    if (player === null) return;
    const next = player.buffered;
    const same =
      next.length === this.buffered.length &&
      next.every((range, i) => {
        const old = this.buffered[i];
        return old?.startSeconds === range.startSeconds && old.endSeconds === range.endSeconds;
      });
    if (!same) this.buffered = next;
  }

  #heard(player: Player, event: PlayerEvent): void {
    switch (event.kind) {
      case 'tracks':
        this.#readTracks(player);
        return;
      case 'cues':
        this.cues = player.activeCues;
        return;
      case 'volume':
        this.#readVolume(player);
        return;
      case 'picture':
        this.pictureWidth = player.pictureWidth;
        this.pictureHeight = player.pictureHeight;
        return;
      case 'fault':
        if (event.fatal) this.fault = event;
        return;
      case 'canplay':
        this.fault = null;
        this.refresh();
        return;
      default:
        this.refresh();
    }
  }

  /** The shortest step between pictures: a display that skips some makes longer ones. */
  #followFrames(player: Player): () => void {
    return player.onFrame((mediaSeconds) => {
      const step = this.#frameAt === null ? 0 : Math.abs(mediaSeconds - this.#frameAt);
      this.#frameAt = mediaSeconds;
      if (step >= LEAST_FRAME_SECONDS) this.#frameSeconds = Math.min(this.#frameSeconds, step);
    });
  }

  #readTracks(player: Player): void {
    this.rungs = player.rungs;
    this.activeRung = player.activeRung;
    this.chosenRung = player.chosenRung;
    this.audioTracks = player.audioTracks;
    this.audioTrack = player.audioTrack;
    this.subtitles = player.subtitles;
    this.subtitle = player.subtitle;
    this.subtitleOffsetSeconds = player.subtitleOffsetSeconds;
    this.cues = player.activeCues;
  }

  #readVolume(player: Player): void {
    this.volume = player.volume;
    this.muted = player.muted;
  }
}
