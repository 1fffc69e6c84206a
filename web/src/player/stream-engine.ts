/** What brings a film's data to the media element, and which choices it offers. */
import type { AudioTrack, PlayerEvent, Rung, Source, SubtitleTrack } from './player';
import type { Cue } from './subtitle-cues';

export interface EngineHandlers {
  emit(event: PlayerEvent): void;
  /** Lines of a subtitle track came in; ones that are known already may be among them. */
  cues(track: string, cues: readonly Cue[]): void;
}

export interface StreamEngine {
  load(source: Source): void;
  readonly rungs: readonly Rung[];
  readonly activeRung: Rung | null;
  readonly chosenRung: string | null;
  chooseRung(id: string | null): void;
  capRung(id: string | null): void;
  readonly audioTracks: readonly AudioTrack[];
  readonly audioTrack: string | null;
  chooseAudioTrack(id: string): void;
  readonly subtitles: readonly SubtitleTrack[];
  /** Fetches the lines of this track; null fetches none. */
  chooseSubtitle(id: string | null): void;
  destroy(): void;
}
