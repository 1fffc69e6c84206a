/** Makes a player follow the room's timeline: scheduled starts, exact pauses, drift. */
import type { Player, PlayerEvent } from '../player';
import {
  DriftController,
  bufferedAhead,
  positionAt,
  type Correction,
  type ReportedState,
  type Timeline,
} from '../sync';
import { Alarm } from './alarm';
import { FilmSlot, endSeconds, isPastEnd, type Film } from './film-slot';
import { Landing } from './landing';
import type { RoomClock } from './room-clock';
import { RoomCondition, isRunning } from './room-condition';
import type { RoomPorts } from './room-ports';
import type { SyncAction } from './room-types';
import { JUMP_SECONDS, Schedule } from './schedule';
import { Standing } from './standing';

export interface PlaybackHandlers {
  /** The film of an item; null if the queue does not know it. */
  film(item: string | null): Film | null;
  /** Something to show changed. */
  changed(): void;
  acted(kind: SyncAction['kind'], amountMs: number): void;
}

type PlaybackPorts = Pick<RoomPorts, 'nowMs' | 'after'>;

const TICK_MS = 50;
/** The presser's own pause holds this long without the server's word. */
const PRESS_PENDING_MS = 3000;
/** After a start that the browser broke off. */
const RETRY_START_MS = 500;

export class RoomPlayback {
  readonly #ports: PlaybackPorts;
  readonly #clock: RoomClock;
  readonly #handlers: PlaybackHandlers;
  readonly #drift = new DriftController();
  readonly #condition = new RoomCondition();
  readonly #slot = new FilmSlot();
  readonly #standing = new Standing();
  readonly #schedule = new Schedule();
  readonly #alarm: Alarm;

  #player: Player | null = null;
  #unsubscribe: (() => void) | null = null;
  #landing: Landing | null = null;
  #starting = false;
  #startNotBeforeMs = 0;
  #refused = false;
  #hidden = false;
  /** The presser's own pause, until the server says the same. */
  #pressed: { readonly positionSeconds: number; readonly sinceMs: number } | null = null;
  #cancelTick: (() => void) | null = null;

  constructor(ports: PlaybackPorts, clock: RoomClock, handlers: PlaybackHandlers) {
    this.#ports = ports;
    this.#clock = clock;
    this.#handlers = handlers;
    this.#alarm = new Alarm(ports, () => {
      this.#step();
    });
  }

  start(): void {
    this.#cancelTick = this.#ports.after(TICK_MS, () => {
      this.#step();
      this.start();
    });
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
    this.#landing = null;
    this.#slot.forget();
  }

  destroy(): void {
    this.detach();
    this.#cancelTick?.();
    this.#alarm.cancel();
  }

  /** A state from the server. */
  accept(timeline: Timeline): void {
    const roomUs = this.#clock.roomUs(this.#ports.nowMs()) ?? timeline.atUs;
    if (!this.#schedule.accept(timeline, roomUs)) return;
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

  /** The server said no. */
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
    this.#standing.tryAgain();
    this.#step();
  }

  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#step();
  }

  /** The timeline that we follow: what was begun early counts already. */
  get timeline(): Timeline | null {
    return this.#schedule.timeline;
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
    return this.#condition.stalled;
  }

  get hidden(): boolean {
    return this.#hidden;
  }

  get driftMs(): number | null {
    return this.#drift.driftMs;
  }

  get jumpLatencyMs(): number {
    return this.#drift.jumpLatencyMs(0);
  }

  get state(): ReportedState {
    return this.#condition.state;
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
    if (player !== null && this.#filmLoaded(player) && this.#standing.isAt(timeline?.stamp)) {
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
      case 'download':
        this.#condition.downloaded(event.bits, event.milliseconds);
        return;
      case 'fault':
        if (event.fatal) this.#slot.failed(this.#ports.nowMs());
        this.#handlers.changed();
        return;
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

  #step(): void {
    const nowMs = this.#ports.nowMs();
    const roomUs = this.#clock.roomUs(nowMs);
    if (roomUs === null || !this.#schedule.advance(roomUs)) return;
    if (this.#pressed !== null && nowMs - this.#pressed.sinceMs > PRESS_PENDING_MS) {
      this.#pressed = null;
    }
    if (this.#player !== null) this.#drive(this.#player, nowMs, roomUs);
    this.#observe(nowMs, roomUs);
    this.#handlers.changed();
  }

  #drive(player: Player, nowMs: number, roomUs: number): void {
    const jumpLatencyMs = this.#drift.jumpLatencyMs(player.startCondition.idleMs);
    const dueUs = this.#schedule.prepare(roomUs, jumpLatencyMs, this.#filmLoaded(player));
    if (dueUs !== null) this.#alarm.at(nowMs + (dueUs - roomUs) / 1000);
    const timeline = this.timeline;
    if (timeline === null) return;
    this.#ensureFilm(player, timeline, nowMs, roomUs);
    if (this.#landing?.timeline.stamp !== timeline.stamp) this.#landing = null;
    if (!this.#filmLoaded(player)) return;
    if (this.#pressed !== null) {
      this.#stand(player, timeline, this.#pressed.positionSeconds);
    } else if (timeline.paused) {
      this.#stand(player, timeline, timeline.positionSeconds);
    } else {
      this.#run(player, timeline, nowMs, roomUs);
    }
  }

  #filmLoaded(player: Player): boolean {
    return this.#slot.holds(player, this.timeline?.item);
  }

  #ensureFilm(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    if (timeline.item === null) {
      this.#slot.empty(player);
      return;
    }
    const film = this.#handlers.film(timeline.item);
    if (!this.#slot.fill(player, film, positionAt(timeline, roomUs), nowMs)) return;
    this.#standing.forget();
    this.#landing = null;
    this.#condition.filmChanged();
    this.#drift.restart(nowMs);
  }

  /** Everybody on the same frame. */
  #stand(player: Player, timeline: Timeline, positionSeconds: number): void {
    if (!player.paused) {
      player.pause();
      player.setRate(timeline.rate, timeline.rate !== 1);
      this.#drift.restart(this.#ports.nowMs());
    }
    this.#standing.follow(timeline.stamp);
    this.#standing.place(player, positionSeconds);
  }

  #run(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    const film = this.#handlers.film(timeline.item);
    if (isPastEnd(player, film, positionAt(timeline, roomUs))) return;
    const switched = !this.#standing.isAt(timeline.stamp);
    this.#standing.leave(timeline.stamp);
    if (this.#landing === null && !player.paused) {
      const off = Math.abs(player.positionSeconds - positionAt(timeline, roomUs));
      if (!switched || off <= JUMP_SECONDS) {
        this.#keepUp(player, timeline, nowMs, roomUs);
        return;
      }
    }
    if (this.#landing === null) {
      const mayStart = !this.#starting && !this.#refused && nowMs >= this.#startNotBeforeMs;
      if (!mayStart || (player.paused && !player.canPlay)) return;
      this.#land(player, timeline, nowMs, roomUs);
    }
    this.#followLanding(player, nowMs, roomUs);
  }

  #land(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    player.setRate(timeline.rate, timeline.rate !== 1);
    this.#condition.jumped();
    this.#landing = new Landing(player, this.#drift, timeline);
    this.#landing.begin(nowMs, roomUs);
  }

  #followLanding(player: Player, nowMs: number, roomUs: number): void {
    const landing = this.#landing;
    if (landing === null) return;
    const step = landing.step(nowMs, roomUs);
    if (step.kind === 'due') this.#alarm.at(step.atMs);
    if (step.kind !== 'now') return;
    this.#landing = null;
    this.#starting = true;
    this.#drift.playIssued(nowMs, player.startCondition, landing.expectedErrorMs(roomUs));
    void player.play().then((outcome) => {
      this.#starting = false;
      if (outcome === 'refused') this.#refused = true;
      if (outcome === 'interrupted') {
        this.#startNotBeforeMs = this.#ports.nowMs() + RETRY_START_MS;
      }
      this.#step();
    });
  }

  /** It runs: hold it to the timeline. */
  #keepUp(player: Player, timeline: Timeline, nowMs: number, roomUs: number): void {
    if (!this.#drift.correcting && Math.abs(player.rate - timeline.rate) > 1e-6) {
      player.setRate(timeline.rate, timeline.rate !== 1);
    }
    const correction = this.#drift.step({
      nowMs,
      positionSeconds: player.positionSeconds,
      targetSeconds: positionAt(timeline, roomUs),
      roomRate: timeline.rate,
      running: isRunning(player),
      buffered: player.buffered,
      uncertaintyMs: this.#clock.estimate()?.uncertaintyMs ?? Number.POSITIVE_INFINITY,
      hidden: this.#hidden,
    });
    this.#correct(player, timeline, correction, nowMs, roomUs);
  }

  #correct(
    player: Player,
    timeline: Timeline,
    correction: Correction,
    nowMs: number,
    roomUs: number,
  ): void {
    const driftMs = this.#drift.driftMs ?? 0;
    switch (correction.kind) {
      case 'none':
        if (correction.againMs !== null) this.#alarm.at(correction.againMs);
        return;
      case 'jump':
        this.#land(player, timeline, nowMs, roomUs);
        this.#handlers.acted(correction.reason === 'resync' ? 'resync' : 'jump', driftMs);
        return;
      case 'rate':
        player.setRate(correction.rate, timeline.rate !== 1);
        if (correction.untilMs === null) return;
        this.#alarm.at(correction.untilMs);
        this.#handlers.acted(correction.rate > timeline.rate ? 'faster' : 'slower', driftMs);
    }
  }

  #observe(nowMs: number, roomUs: number): void {
    const player = this.#player;
    const timeline = this.timeline;
    const changed = this.#condition.observe(player, {
      nowMs,
      wanted: this.wanted && timeline !== null && roomUs >= timeline.atUs,
      loaded: player !== null && this.#filmLoaded(player),
      hidden: this.#hidden,
      refused: this.#refused,
      bufferedAheadSeconds: this.bufferSeconds,
      endSeconds: endSeconds(player, this.#handlers.film(timeline?.item ?? null)),
    });
    if (changed !== null) this.#handlers.acted(changed, 0);
  }
}
