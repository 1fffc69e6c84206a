/**
 * A media element in simulated time, for tests: it obeys as late as Chromium was measured to,
 * loses film to pitch correction, buffers over a line of limited speed and stalls when it runs dry.
 */
import { bufferedAhead, type StartCondition, type TimeRange } from '../sync';
import type { PlayOutcome, Player, PlayerEvent, Rung, Source } from './player';

export interface FakePlayerPorts {
  readonly nowMs: () => number;
  readonly after: (delayMs: number, task: () => void) => () => void;
  /** From 0 to below 1. */
  readonly chance: () => number;
}

export interface FakePlayerTraits {
  readonly durationSeconds: number;
  /** From the lowest to the highest; bits per second. */
  readonly ladder: readonly number[];
  /** What the line carries. */
  readonly bitsPerSecond: number;
  readonly loadMs: number;
  /** After a seek or a load. */
  readonly playLatencyMs: number;
  /** Where it was paused. */
  readonly resumeLatencyMs: number;
  /** How much sooner both seem when the film has stood for long. */
  readonly restedMs: number;
  readonly seekMs: number;
  readonly rateLatencyMs: number;
  /** How far a latency strays from its middle, both ways. */
  readonly spreadMs: number;
  readonly refusesPlay: boolean;
}

export const CHROMIUM: FakePlayerTraits = {
  durationSeconds: 600,
  ladder: [400_000, 1_400_000],
  bitsPerSecond: 20_000_000,
  loadMs: 700,
  playLatencyMs: 75,
  resumeLatencyMs: 5,
  restedMs: 28,
  seekMs: 40,
  rateLatencyMs: 75,
  spreadMs: 9,
  refusesPlay: false,
};

const TICK_MS = 40;
const RESTED_MS = 10_000;
const BUFFER_SECONDS = 60;
const SEGMENT_SECONDS = 2;
const RESUME_SECONDS = 1;
/** Of film, at each change of speed with pitch correction on. */
const PITCH_LOSS_SECONDS = 0.021;

export class FakePlayer implements Player {
  readonly #ports: FakePlayerPorts;
  #traits: FakePlayerTraits;
  readonly #listeners = new Set<(event: PlayerEvent) => void>();
  #loaded = false;
  #paused = true;
  #seeking = false;
  #canPlay = false;
  #sought = true;
  #idleSinceMs = 0;
  #ended = false;
  /** The media clock: place, since when, and how fast it really runs. */
  #seconds = 0;
  #sinceMs = 0;
  #speed = 0;
  #rate = 1;
  #effectiveRate = 1;
  #pitch = true;
  #range: TimeRange = { startSeconds: 0, endSeconds: 0 };
  #rung = 0;
  #cap: number | null = null;
  /** Counts what overtakes pending effects. */
  #run = 0;
  #cancelTick: (() => void) | null = null;
  volume = 1;
  muted = false;
  subtitleOffsetSeconds = 0;
  readonly audioTracks = [];
  readonly audioTrack = null;
  readonly subtitles = [];
  readonly subtitle = null;
  readonly activeCues = [];
  /** For tests: what the room made it do. */
  readonly calls: { readonly atMs: number; readonly call: string }[] = [];

  constructor(ports: FakePlayerPorts, traits: Partial<FakePlayerTraits> = {}) {
    this.#ports = ports;
    this.#traits = { ...CHROMIUM, ...traits };
  }

  change(traits: Partial<FakePlayerTraits>): void {
    this.#traits = { ...this.#traits, ...traits };
  }

  /** For tests: the clock stands still without anybody knowing, and goes on. */
  hiccup(seconds: number): void {
    this.#settle();
    this.#seconds -= seconds;
  }

  load(source: Source): void {
    this.unload();
    this.#note('load');
    const run = this.#run;
    this.#ports.after(this.#traits.loadMs, () => {
      if (run !== this.#run) return;
      this.#loaded = true;
      this.#idleSinceMs = this.#ports.nowMs();
      this.#seconds = source.startSeconds;
      this.#startRange(source.startSeconds);
      this.#emit({ kind: 'tracks' });
      this.#emit({ kind: 'duration' });
      this.#tick();
    });
  }

  unload(): void {
    this.#run += 1;
    this.#cancelTick?.();
    this.#loaded = false;
    this.#paused = true;
    this.#canPlay = false;
    this.#sought = true;
    this.#seeking = false;
    this.#ended = false;
    this.#speed = 0;
    this.#seconds = 0;
    this.#rate = 1;
    this.#effectiveRate = 1;
  }

  play(): Promise<PlayOutcome> {
    if (this.#traits.refusesPlay) return Promise.resolve('refused');
    this.#note('play');
    if (this.#paused) {
      this.#startSoon(this.#startMs());
      this.#paused = false;
      this.#emit({ kind: 'state' });
    }
    return Promise.resolve('playing');
  }

  pause(): void {
    if (this.#paused) return;
    this.#note('pause');
    this.#settle();
    this.#run += 1;
    this.#speed = 0;
    this.#paused = true;
    this.#idleSinceMs = this.#ports.nowMs();
    this.#emit({ kind: 'state' });
  }

  seek(seconds: number): void {
    this.#note('seek');
    this.#sought = true;
    this.#settle();
    this.#run += 1;
    const run = this.#run;
    this.#speed = 0;
    this.#ended = false;
    this.#seconds = Math.min(this.#traits.durationSeconds, Math.max(0, seconds));
    this.#seeking = true;
    this.#canPlay = this.#readyAt(this.#seconds);
    if (!this.#inRange(this.#seconds)) this.#startRange(this.#seconds);
    this.#emit({ kind: 'state' });
    const finish = (): void => {
      if (run !== this.#run) return;
      if (!this.#readyAt(this.#seconds)) {
        this.#ports.after(TICK_MS, finish);
        return;
      }
      this.#seeking = false;
      this.#canPlay = true;
      this.#emit({ kind: 'seeked' });
      this.#emit({ kind: 'canplay' });
      if (!this.#paused) this.#startSoon(this.#traits.playLatencyMs - 8);
    };
    this.#ports.after(this.#stray(this.#traits.seekMs, 2), finish);
  }

  setRate(rate: number, keepPitch: boolean): void {
    this.#pitch = keepPitch;
    if (rate === this.#rate) return;
    this.#note(`rate ${rate.toFixed(4)}`);
    this.#rate = rate;
    this.#emit({ kind: 'state' });
    this.#ports.after(this.#stray(this.#traits.rateLatencyMs), () => {
      this.#settle();
      this.#effectiveRate = rate;
      if (this.#speed === 0) return;
      this.#speed = rate;
      if (this.#pitch) this.#seconds -= PITCH_LOSS_SECONDS / 2;
    });
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get positionSeconds(): number {
    return this.#secondsAt(this.#ports.nowMs());
  }

  get durationSeconds(): number {
    return this.#loaded ? this.#traits.durationSeconds : Number.NaN;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get seeking(): boolean {
    return this.#seeking;
  }

  get canPlay(): boolean {
    return this.#canPlay;
  }

  get startCondition(): StartCondition {
    const idleMs = this.#paused ? this.#ports.nowMs() - this.#idleSinceMs : 0;
    return { sought: this.#sought, idleMs };
  }

  get rate(): number {
    return this.#rate;
  }

  get buffered(): readonly TimeRange[] {
    return this.#loaded ? [this.#range] : [];
  }

  get pictureWidth(): number {
    return this.#loaded ? 854 : 0;
  }

  get pictureHeight(): number {
    return this.#loaded ? 480 : 0;
  }

  get rungs(): readonly Rung[] {
    if (!this.#loaded) return [];
    return this.#traits.ladder.map((bitsPerSecond, i) => ({
      id: String(i),
      label: `rung ${String(i)}`,
      heightPixels: 240 * (i + 1),
      bitsPerSecond,
    }));
  }

  get activeRung(): Rung | null {
    return this.rungs[this.#rung] ?? null;
  }

  readonly chosenRung = null;

  chooseRung(): void {
    // The ladder is climbed by `capRung` alone here.
  }

  capRung(id: string | null): void {
    this.#note(`cap ${id ?? 'none'}`);
    this.#cap = id === null ? null : Number(id);
    this.#rung = this.#cap ?? this.#traits.ladder.length - 1;
  }

  chooseAudioTrack(): void {
    // One track.
  }

  offerSubtitles(): void {
    // Nothing to show.
  }

  chooseSubtitle(): void {
    // None.
  }

  subscribe(listener: (event: PlayerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onFrame(): () => void {
    return () => undefined;
  }

  destroy(): void {
    this.unload();
    this.#listeners.clear();
  }

  #note(call: string): void {
    this.calls.push({ atMs: this.#ports.nowMs(), call });
  }

  #emit(event: PlayerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #stray(middleMs: number, factor = 1): number {
    const spread = this.#traits.spreadMs * factor;
    return Math.max(1, middleMs + (this.#ports.chance() * 2 - 1) * spread);
  }

  #secondsAt(nowMs: number): number {
    if (this.#speed === 0) return this.#seconds;
    const ran = ((nowMs - this.#sinceMs) / 1000) * this.#speed;
    const limit = Math.min(this.#range.endSeconds, this.#traits.durationSeconds);
    return Math.min(Math.max(limit, this.#seconds), this.#seconds + ran);
  }

  #settle(): void {
    const nowMs = this.#ports.nowMs();
    this.#seconds = this.#secondsAt(nowMs);
    this.#sinceMs = nowMs;
  }

  #startMs(): number {
    const { playLatencyMs, resumeLatencyMs, restedMs } = this.#traits;
    const rested = this.startCondition.idleMs >= RESTED_MS;
    return (this.#sought ? playLatencyMs : resumeLatencyMs) - (rested ? restedMs : 0);
  }

  #startSoon(latencyMs: number): void {
    this.#run += 1;
    const run = this.#run;
    this.#ports.after(this.#stray(latencyMs), () => {
      if (run !== this.#run || this.#paused || this.#seeking || !this.#canPlay) return;
      this.#settle();
      this.#sought = false;
      this.#speed = this.#effectiveRate;
    });
  }

  #inRange(seconds: number): boolean {
    return seconds >= this.#range.startSeconds && seconds < this.#range.endSeconds + 0.05;
  }

  #startRange(seconds: number): void {
    const start = Math.floor(seconds / SEGMENT_SECONDS) * SEGMENT_SECONDS;
    this.#range = { startSeconds: start, endSeconds: start };
  }

  #readyAt(seconds: number): boolean {
    const left = this.#traits.durationSeconds - seconds;
    return bufferedAhead([this.#range], seconds) >= Math.min(RESUME_SECONDS, left) - 0.01;
  }

  #fill(): void {
    const bits = this.#traits.ladder[this.#rung] ?? 1;
    const ahead = this.#range.endSeconds - this.#seconds;
    if (ahead >= BUFFER_SECONDS) return;
    const more = ((this.#traits.bitsPerSecond / bits) * TICK_MS) / 1000;
    const end = Math.min(this.#traits.durationSeconds, this.#range.endSeconds + more);
    this.#range = { startSeconds: this.#range.startSeconds, endSeconds: end };
    if (end > this.#range.startSeconds) {
      const bitsLoaded = this.#traits.bitsPerSecond * (TICK_MS / 1000);
      this.#emit({ kind: 'download', bits: bitsLoaded, milliseconds: TICK_MS });
    }
  }

  #tick(): void {
    this.#settle();
    this.#fill();
    const { durationSeconds } = this.#traits;
    if (!this.#paused && !this.#ended && this.#seconds >= durationSeconds - 0.001) {
      this.#ended = true;
      this.#speed = 0;
      this.#emit({ kind: 'ended' });
    }
    const dry = this.#seconds >= this.#range.endSeconds - 0.01 && this.#seconds < durationSeconds;
    if (this.#canPlay && dry) {
      this.#run += this.#seeking ? 0 : 1;
      this.#canPlay = false;
      this.#speed = 0;
      if (!this.#paused) this.#emit({ kind: 'stalled' });
    }
    if (!this.#canPlay && !this.#seeking && this.#readyAt(this.#seconds)) {
      this.#canPlay = true;
      this.#emit({ kind: 'canplay' });
      if (!this.#paused) this.#startSoon(this.#traits.playLatencyMs);
    }
    this.#cancelTick = this.#ports.after(TICK_MS, () => {
      this.#tick();
    });
  }
}
