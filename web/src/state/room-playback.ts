/** Makes a player follow the room's timeline: scheduled starts, exact pauses, drift. */
import type { Player, PlayerEvent } from '../player';
import {
  DriftController,
  MemberStateWatch,
  RungAdvisor,
  accept,
  advance,
  bufferedAhead,
  positionAt,
  type Correction,
  type ReportedState,
  type Timeline,
  type TimelineTrack,
} from '../sync';
import type { RoomClock } from './room-clock';
import type { RoomPorts } from './room-ports';
import type { SyncAction } from './room-types';

/** The film that belongs to a queue item. */
export interface Film {
  readonly item: string;
  /** Null while there is nothing to play yet. */
  readonly master: string | null;
  /** Film exists up to here; the rest is still being made. */
  readonly playableUntilSeconds: number;
  readonly complete: boolean;
}

export interface PlaybackHandlers {
  /** The film of an item; null if the queue does not know it. */
  film(item: string): Film | null;
  /** Something to show changed. */
  changed(): void;
  acted(kind: SyncAction['kind'], amountMs: number): void;
}

const TICK_MS = 50;
/** Closer than this a standing picture is exact: less than any frame. */
const EXACT_SECONDS = 0.0005;
/** Tries to put a standing picture exactly; some places cannot be reached. */
const MOST_PLACINGS = 4;
/** A change of timeline that moves the film less than this is left to the drift controller. */
const JUMP_SECONDS = 0.15;
/** Starting later than this is made up by a seek, else by a pulse. */
const LATE_START_MS = 40;
const PRESS_PENDING_MS = 3000;
const END_SECONDS = 0.05;
const THROUGHPUT_MEMORY = 0.3;

export class RoomPlayback {
  readonly #ports: Pick<RoomPorts, 'nowMs' | 'after'>;
  readonly #clock: RoomClock;
  readonly #handlers: PlaybackHandlers;
  readonly #drift = new DriftController();
  readonly #watch = new MemberStateWatch();
  #advisor = new RungAdvisor();

  #player: Player | null = null;
  #unsubscribe: (() => void) | null = null;
  #track: TimelineTrack | null = null;
  #loadedItem: string | null = null;
  #loadedUrl: string | null = null;
  /** Stamp of the scheduled timeline that was begun early. */
  #committed: string | null = null;
  #placings = 0;
  #placedStamp: string | null = null;
  #starting = false;
  #refused = false;
  #hidden = false;
  #stalled = false;
  #bitsPerSecond: number | null = null;
  /** The presser's own pause, until the server says the same. */
  #pressed: { readonly positionSeconds: number; readonly sinceMs: number } | null = null;
  #cancelTick: (() => void) | null = null;
  #alarm: { readonly atMs: number; readonly cancel: () => void } | null = null;

  constructor(
    ports: Pick<RoomPorts, 'nowMs' | 'after'>,
    clock: RoomClock,
    handlers: PlaybackHandlers,
  ) {
    this.#ports = ports;
    this.#clock = clock;
    this.#handlers = handlers;
  }

  start(): void {
    this.#scheduleTick();
  }

  attach(player: Player): () => void {
    this.detach();
    this.#player = player;
    this.#unsubscribe = player.subscribe((event) => {
      this.#heard(event);
    });
    this.#step();
    return () => {
      if (this.#player === player) this.detach();
    };
  }

  detach(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.#player = null;
    this.#loadedItem = null;
    this.#loadedUrl = null;
  }

  destroy(): void {
    this.detach();
    this.#cancelTick?.();
    this.#alarm?.cancel();
  }

  /** A state from the server. */
  accept(timeline: Timeline): void {
    const nowMs = this.#ports.nowMs();
    const roomUs = this.#clock.roomUs(nowMs) ?? timeline.atUs;
    const before = this.#track;
    this.#track = accept(before, timeline, roomUs);
    if (this.#track === before) return;
    this.#pressed = null;
    this.#step();
  }

  /** The queue changed: a film may have become playable. */
  filmsChanged(): void {
    this.#step();
  }

  /** The presser's picture stops at once; the server's answer makes it so for all. */
  pressPause(): number | null {
    const player = this.#player;
    if (player === null || !this.#filmLoaded(player)) return null;
    player.pause();
    const positionSeconds = player.positionSeconds;
    this.#pressed = { positionSeconds, sinceMs: this.#ports.nowMs() };
    this.#step();
    return positionSeconds;
  }

  /** The server said no, or nothing. */
  releasePress(): void {
    this.#pressed = null;
    this.#step();
  }

  /** In a gesture of the user: the browser allows sound now. */
  unlock(): void {
    const player = this.#player;
    this.#refused = false;
    if (player === null) return;
    if (this.wanted) {
      this.#step();
      return;
    }
    // Playing for an instant is what tells the browser that this page may.
    void player.play().then(() => {
      if (!this.wanted) player.pause();
    });
  }

  resync(): void {
    this.#drift.resync();
    this.#placings = 0;
    this.#step();
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#step();
  }

  /** The timeline that we follow: what was begun early counts already. */
  get timeline(): Timeline | null {
    const track = this.#track;
    if (track === null) return null;
    const { current, next } = track;
    return next !== null && next.stamp === this.#committed ? next : current;
  }

  /** The film should run. */
  get wanted(): boolean {
    const timeline = this.timeline;
    return timeline !== null && !timeline.paused && this.#pressed === null;
  }

  get refused(): boolean {
    return this.#refused;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  get hidden(): boolean {
    return this.#hidden;
  }

  get driftMs(): number | null {
    return this.#drift.driftMs;
  }

  get state(): ReportedState {
    return this.#watch.state;
  }

  get rungLabel(): string | null {
    return this.#player?.activeRung?.label ?? null;
  }

  get bufferSeconds(): number {
    const player = this.#player;
    return player === null ? 0 : bufferedAhead(player.buffered, player.positionSeconds);
  }

  /** Where the picture is, or where it should be while there is none. */
  get positionSeconds(): number {
    const player = this.#player;
    const timeline = this.timeline;
    if (player !== null && this.#filmLoaded(player) && !player.seeking) {
      return player.positionSeconds;
    }
    if (timeline === null) return 0;
    return positionAt(timeline, this.#clock.roomUs(this.#ports.nowMs()) ?? timeline.atUs);
  }

  get durationSeconds(): number {
    return this.#player?.durationSeconds ?? Number.NaN;
  }

  #heard(event: PlayerEvent): void {
    switch (event.kind) {
      case 'download': {
        const measured = (event.bits / Math.max(1, event.milliseconds)) * 1000;
        const before = this.#bitsPerSecond ?? measured;
        this.#bitsPerSecond = before + (measured - before) * THROUGHPUT_MEMORY;
        return;
      }
      case 'stalled':
        if (this.wanted) this.#handlers.acted('stall', 0);
        this.#step();
        return;
      case 'canplay':
      case 'seeked':
      case 'ended':
      case 'state':
        this.#step();
        return;
      default:
        this.#handlers.changed();
    }
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#ports.after(TICK_MS, () => {
      this.#step();
      this.#scheduleTick();
    });
  }

  /** Wakes up exactly when something is due; the earliest wish counts, the next step renews it. */
  #alarmAt(atMs: number): void {
    if (this.#alarm !== null && this.#alarm.atMs <= atMs) return;
    this.#alarm?.cancel();
    const cancel = this.#ports.after(Math.max(0, atMs - this.#ports.nowMs()), () => {
      this.#alarm = null;
      this.#step();
    });
    this.#alarm = { atMs, cancel };
  }

  #filmLoaded(player: Player): boolean {
    return player.loaded && this.#loadedItem !== null && this.#loadedItem === this.timeline?.item;
  }

  #step(): void {
    const nowMs = this.#ports.nowMs();
    const roomUs = this.#clock.roomUs(nowMs);
    const player = this.#player;
    if (this.#track === null || roomUs === null) return;
    this.#track = advance(this.#track, roomUs);
    if (this.#pressed !== null && nowMs - this.#pressed.sinceMs > PRESS_PENDING_MS) {
      this.#pressed = null;
    }
    if (player !== null) this.#drive(player, this.#track, nowMs, roomUs);
    this.#observe(player, nowMs, roomUs);
    this.#handlers.changed();
  }

  #drive(player: Player, track: TimelineTrack, nowMs: number, roomUs: number): void {
    if (track.next !== null) this.#prepare(player, track, track.next, nowMs, roomUs);
    const timeline = this.timeline;
    if (timeline === null) return;
    this.#ensureFilm(player, timeline, roomUs);
    if (!this.#filmLoaded(player)) return;
    if (this.#pressed !== null) {
      this.#stand(player, timeline, this.#pressed.positionSeconds);
    } else if (timeline.paused) {
      this.#stand(player, timeline, timeline.positionSeconds);
    } else {
      this.#run(player, timeline, nowMs, roomUs);
    }
  }

  /** What is scheduled begins early by what this device takes to obey. */
  #prepare(
    player: Player,
    { current }: TimelineTrack,
    next: Timeline,
    nowMs: number,
    roomUs: number,
  ): void {
    if (this.#committed === next.stamp) return;
    if (next.item !== current.item) {
      // Loading takes longer than any lead.
      this.#committed = next.stamp;
      return;
    }
    if (next.paused || !this.#filmLoaded(player)) return;
    const atMs = nowMs + (next.atUs - roomUs) / 1000;
    const jumps = Math.abs(positionAt(current, next.atUs) - next.positionSeconds) > JUMP_SECONDS;
    if (current.paused) {
      // Everybody stands: go to the place now, start when it is time.
      if (Math.abs(player.positionSeconds - next.positionSeconds) > EXACT_SECONDS) {
        if (!player.seeking) player.seek(next.positionSeconds);
      }
      const dueMs = atMs - this.#drift.playLatency.valueMs;
      if (nowMs < dueMs) {
        this.#alarmAt(dueMs);
        return;
      }
      this.#committed = next.stamp;
      return;
    }
    if (!jumps) return;
    const dueMs = atMs - this.#drift.seekLatency.valueMs;
    if (nowMs < dueMs) {
      this.#alarmAt(dueMs);
      return;
    }
    this.#committed = next.stamp;
    this.#jump(player, next, nowMs, roomUs);
  }

  #ensureFilm(player: Player, timeline: Timeline, roomUs: number): void {
    if (timeline.item === null) {
      if (player.loaded) player.unload();
      this.#loadedItem = null;
      this.#loadedUrl = null;
      return;
    }
    const film = this.#handlers.film(timeline.item);
    if (film === null || film.master === null || film.playableUntilSeconds <= 0) return;
    // A new capability for the film that plays is no reason to load it again.
    if (this.#loadedItem === timeline.item && this.#loadedUrl !== null) return;
    this.#loadedItem = timeline.item;
    this.#loadedUrl = film.master;
    this.#placings = 0;
    this.#advisor = new RungAdvisor();
    this.#drift.restart(this.#ports.nowMs());
    player.load({ url: film.master, startSeconds: positionAt(timeline, roomUs) });
  }

  /** Everybody on the same frame. */
  #stand(player: Player, timeline: Timeline, positionSeconds: number): void {
    if (!player.paused) {
      player.pause();
      if (this.#drift.correcting) player.setRate(timeline.rate, timeline.rate !== 1);
      this.#drift.restart(this.#ports.nowMs());
    }
    if (this.#track?.next?.stamp !== undefined && !this.#track.next.paused) return;
    if (this.#placedStamp !== timeline.stamp) {
      this.#placedStamp = timeline.stamp;
      this.#placings = 0;
    }
    if (player.seeking || this.#placings >= MOST_PLACINGS) return;
    if (Math.abs(player.positionSeconds - positionSeconds) <= EXACT_SECONDS) return;
    this.#placings += 1;
    player.seek(positionSeconds);
  }

  #run(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    const target = positionAt(timeline, roomUs);
    if (this.#pastEnd(player, timeline, target)) return;
    if (player.paused) {
      this.#begin(player, timeline, nowMs, roomUs);
      return;
    }
    if (this.#switched(timeline)) this.#jumpIfFar(player, timeline, nowMs, roomUs);
    if (!this.#drift.correcting && Math.abs(player.rate - timeline.rate) > 1e-6) {
      player.setRate(timeline.rate, timeline.rate !== 1);
    }
    const correction = this.#drift.step({
      nowMs,
      positionSeconds: player.positionSeconds,
      targetSeconds: target,
      roomRate: timeline.rate,
      running: this.#running(player) && roomUs >= timeline.atUs,
      buffered: player.buffered,
      uncertaintyMs: this.#clock.estimate()?.uncertaintyMs ?? Number.POSITIVE_INFINITY,
      hidden: this.#hidden,
    });
    this.#correct(player, timeline, correction);
  }

  /** True once for each new timeline that we run along. */
  #switched(timeline: Timeline): boolean {
    if (this.#placedStamp === timeline.stamp) return false;
    this.#placedStamp = timeline.stamp;
    return true;
  }

  /** A command that came too late for its schedule, or after a drop. */
  #jumpIfFar(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    const off = Math.abs(player.positionSeconds - positionAt(timeline, roomUs));
    if (off > JUMP_SECONDS) this.#jump(player, timeline, nowMs, roomUs);
  }

  #pastEnd(player: Player, timeline: Timeline, target: number): boolean {
    const film = timeline.item === null ? null : this.#handlers.film(timeline.item);
    if (film?.complete !== true) return false;
    const end = player.durationSeconds;
    if (!Number.isFinite(end) || target < end - END_SECONDS) return false;
    if (player.ended || player.paused) return true;
    return false;
  }

  #running(player: Player): boolean {
    return !player.paused && !player.seeking && player.canPlay && !player.ended;
  }

  #begin(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    if (this.#starting || this.#refused || player.seeking || !player.canPlay) return;
    this.#placedStamp = timeline.stamp;
    if (Math.abs(player.rate - timeline.rate) > 1e-6) {
      player.setRate(timeline.rate, timeline.rate !== 1);
    }
    const landsUs = roomUs + this.#drift.playLatency.valueMs * 1000;
    const lateSeconds = positionAt(timeline, landsUs) - player.positionSeconds;
    if (Math.abs(lateSeconds) * 1000 > LATE_START_MS) {
      this.#jump(player, timeline, nowMs, roomUs);
    } else {
      this.#drift.playIssued(nowMs);
    }
    this.#starting = true;
    void player.play().then((outcome) => {
      this.#starting = false;
      if (outcome === 'refused') this.#refused = true;
      this.#step();
    });
  }

  /** One seek to where the film will be when it has landed. */
  #jump(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    this.#placedStamp = timeline.stamp;
    const landsUs = roomUs + this.#drift.seekLatency.valueMs * 1000;
    const to = positionAt(timeline, landsUs);
    if (this.#drift.correcting) player.setRate(timeline.rate, timeline.rate !== 1);
    this.#advisor.restart();
    const ready = bufferedAhead(player.buffered, to) > 0.5;
    this.#drift.seekIssued(nowMs, ready && !player.paused);
    player.seek(to);
  }

  #correct(player: Player, timeline: Timeline, correction: Correction): void {
    if (correction.kind === 'none') return;
    const driftMs = this.#drift.driftMs ?? 0;
    if (correction.kind === 'seek') {
      this.#advisor.restart();
      player.setRate(timeline.rate, timeline.rate !== 1);
      player.seek(correction.toSeconds);
      this.#handlers.acted(correction.reason === 'resync' ? 'resync' : 'jump', driftMs);
      return;
    }
    player.setRate(correction.rate, timeline.rate !== 1);
    if (correction.untilMs === null) return;
    this.#alarmAt(correction.untilMs);
    this.#handlers.acted(correction.rate > timeline.rate ? 'faster' : 'slower', driftMs);
  }

  #observe(player: Player | null, nowMs: number, roomUs: number): void {
    const timeline = this.timeline;
    const loaded = player !== null && this.#filmLoaded(player);
    const running = loaded && this.#running(player);
    const due = timeline !== null && roomUs >= timeline.atUs;
    this.#stalled = this.wanted && due && loaded && !running && !player.ended && !this.#refused;
    const ahead = this.bufferSeconds;
    const end = this.#endSeconds(player);
    const toEnd = loaded && player.positionSeconds + ahead >= end - 0.5;
    this.#watch.update({
      nowMs,
      wanted: this.wanted && due,
      ended: loaded && player.ended,
      running,
      hidden: this.#hidden,
      refused: this.#refused,
      bufferedAheadSeconds: ahead,
      bufferedToEnd: toEnd,
    });
    if (loaded && running) this.#advise(player, nowMs, ahead, toEnd);
  }

  #endSeconds(player: Player | null): number {
    const item = this.timeline?.item ?? null;
    const film = item === null ? null : this.#handlers.film(item);
    if (film !== null && !film.complete) return film.playableUntilSeconds;
    return player?.durationSeconds ?? Number.NaN;
  }

  #advise(player: Player, nowMs: number, ahead: number, toEnd: boolean): void {
    const active = player.activeRung;
    if (active === null || player.chosenRung !== null) return;
    const before = this.#advisor.cap;
    const advice = this.#advisor.step({
      nowMs,
      ladder: player.rungs.map((rung) => rung.bitsPerSecond),
      rung: player.rungs.findIndex((rung) => rung.id === active.id),
      bufferedAheadSeconds: ahead,
      bufferedToEnd: toEnd,
      running: true,
      bitsPerSecond: this.#bitsPerSecond,
    });
    if (advice === null) return;
    const { cap } = advice;
    player.capRung(cap === null ? null : (player.rungs[cap]?.id ?? null));
    const lower = cap !== null && (before === null || cap < before);
    this.#handlers.acted(lower ? 'lower_rung' : 'higher_rung', 0);
  }
}
