/**
 * What the room needs of a media player. Positions are seconds of film, times are milliseconds of
 * `performance.now()`. Implementations: `HlsPlayer` (hls.js or native), `FakePlayer` (tests).
 */
import type { StartCondition, TimeRange } from '../sync';
import type { Cue } from './subtitle-cues';

/** One quality of the ladder. Ids stay the same while a film is loaded. */
export interface Rung {
  readonly id: string;
  /** "720p": what is shown, and what is reported to the room. */
  readonly label: string;
  readonly heightPixels: number;
  readonly bitsPerSecond: number;
}

export interface AudioTrack {
  readonly id: string;
  readonly label: string;
  readonly language: string;
}

export interface SubtitleTrack {
  readonly id: string;
  readonly label: string;
  readonly language: string;
}

/** Subtitles that come beside the stream: as WebVTT from the server, or a file of the viewer's. */
export interface SubtitleSource extends SubtitleTrack {
  readonly load: () => Promise<readonly Cue[]>;
}

/** What to play, and where to begin: always given, since a growing film would start at its end. */
export interface Source {
  readonly url: string;
  readonly startSeconds: number;
}

/** `refused`: the browser wants a gesture first. `interrupted`: a pause or load came between. */
export type PlayOutcome = 'playing' | 'refused' | 'interrupted';

export type PlayerFaultKind = 'network' | 'media' | 'unsupported';

export type PlayerEvent =
  /** Play, pause, seek, stall, readiness, end, rate: read the properties anew. */
  | { readonly kind: 'state' }
  /** Data for at least the next moments is there after a load, seek or stall. */
  | { readonly kind: 'canplay' }
  /** Playback ran dry. */
  | { readonly kind: 'stalled' }
  | { readonly kind: 'seeked' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'duration' }
  /** Rungs, audio tracks, subtitles, or which of them is chosen. */
  | { readonly kind: 'tracks' }
  | { readonly kind: 'cues' }
  | { readonly kind: 'volume' }
  /** The picture changed size: first frame of a film, or another rung. */
  | { readonly kind: 'picture' }
  /** A chunk came down: payload bits and how long they took. */
  | { readonly kind: 'download'; readonly bits: number; readonly milliseconds: number }
  /** `fatal`: recovery was tried and playback cannot go on. */
  | {
      readonly kind: 'fault';
      readonly fault: PlayerFaultKind;
      readonly fatal: boolean;
      readonly message: string;
    };

export interface Player {
  /** Replaces what is loaded; paused at `startSeconds` until `play`. */
  load(source: Source): void;
  unload(): void;
  play(): Promise<PlayOutcome>;
  pause(): void;
  seek(seconds: number): void;
  /**
   * `keepPitch` false makes the speed exact and silent to change (for corrections around 1), true
   * keeps voices natural (for a room that watches faster or slower).
   */
  setRate(rate: number, keepPitch: boolean): void;

  readonly loaded: boolean;
  readonly positionSeconds: number;
  /** NaN until known; grows while the film is still being made. */
  readonly durationSeconds: number;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly seeking: boolean;
  /** Playback could run at this moment. */
  readonly canPlay: boolean;
  /** Under which condition `play` would start it now. */
  readonly startCondition: StartCondition;
  readonly rate: number;
  readonly buffered: readonly TimeRange[];
  readonly pictureWidth: number;
  readonly pictureHeight: number;

  readonly rungs: readonly Rung[];
  /** The rung on screen; null while unknown. */
  readonly activeRung: Rung | null;
  /** The rung asked for; null lets the player choose. */
  readonly chosenRung: string | null;
  chooseRung(id: string | null): void;
  /** In automatic choice, go no higher than this rung; null lifts the limit. */
  capRung(id: string | null): void;

  readonly audioTracks: readonly AudioTrack[];
  readonly audioTrack: string | null;
  chooseAudioTrack(id: string): void;

  /** Offered instead of what the stream itself has, unless there are none. */
  offerSubtitles(sources: readonly SubtitleSource[]): void;
  readonly subtitles: readonly SubtitleTrack[];
  readonly subtitle: string | null;
  chooseSubtitle(id: string | null): void;
  /** Positive shows subtitles later. */
  subtitleOffsetSeconds: number;
  /** The lines to show now, as plain text, in order. Empty when there is nothing to show. */
  readonly activeCues: readonly string[];

  /** 0 to 1. */
  volume: number;
  muted: boolean;

  /** Returns how to stop listening. */
  subscribe(listener: (event: PlayerEvent) => void): () => void;
  /** Each displayed frame: its place in the film, and when it is or was on screen. */
  onFrame(listener: (mediaSeconds: number, displayMs: number) => void): () => void;
  destroy(): void;
}
