/** A viewer's place in a room: reactive fields to show, methods for what a person can do. */
import type {
  AnsweredFrame,
  ControlAction,
  Playback,
  QueueItem,
  Room,
  ServerFrame,
  SignalFrame,
  VoiceFrame,
  IceServer,
  VoiceState,
} from '../protocol';
import type { Player } from '../player';
import { SleepWatch, timelineOf } from '../sync';
import { filmOf, furthestSeconds } from './film-slot';
import { RoomChat } from './room-chat.svelte';
import { RoomClock } from './room-clock';
import { RoomConnection } from './room-connection';
import { RoomEvents } from './room-events.svelte';
import { RoomMedia } from './room-media.svelte';
import { RoomOutbox, type Request } from './room-outbox';
import { RoomPeople } from './room-people.svelte';
import { RoomPlayback } from './room-playback';
import type { RoomPorts } from './room-ports';
import { RoomQueue } from './room-queue.svelte';
import { RoomReporter } from './room-reporter';
import { RoomSync } from './room-sync.svelte';
import type { Connection, HoldView, Refusal, RoomNotice } from './room-types';
import { mayControl } from './roster';
import { SeekSteps, frameBeside } from './seek-steps';

const HEARTBEAT_MS = 1000;
const SHOW_MS = 200;
/** A question about the time that stays open this long: the socket is dead. */
const DEAD_AFTER_MS = 9000;
type Passed = VoiceFrame | SignalFrame;

export class RoomSession {
  connection = $state.raw<Connection>({ state: 'connecting' });
  room = $state.raw<Room | null>(null);
  playback = $state.raw<Playback | null>(null);
  notices = $state.raw<readonly RoomNotice[]>([]);
  ice = $state.raw<readonly IceServer[]>([]);
  hold = $state.raw<HoldView | null>(null);
  /** The browser plays no sound before a click: show one button that calls `unlock`. */
  needsGesture = $state(false);
  /** The film stands, for the room or by our own press. */
  paused = $state(true);
  positionSeconds = $state(0);
  durationSeconds = $state(0);
  playableUntilSeconds = $state(0);
  /** A control that was asked for and not yet answered. */
  pending = $state<ControlAction | null>(null);
  readonly media = new RoomMedia();
  readonly sync = new RoomSync();
  readonly events: RoomEvents;
  readonly chat: RoomChat;
  readonly people: RoomPeople;
  readonly queue: RoomQueue;

  /** What is on. */
  readonly item = $derived.by<QueueItem | null>(() => this.queue.find(this.playback?.item ?? null));
  readonly canControl = $derived.by(() => {
    const { self } = this.people;
    return this.room !== null && self !== null && mayControl(this.room.control, self);
  });

  readonly #ports: RoomPorts;
  readonly #connection: RoomConnection;
  readonly #clock: RoomClock;
  readonly #outbox: RoomOutbox;
  readonly #film: RoomPlayback;
  readonly #reporter: RoomReporter;
  readonly #sleep = new SleepWatch();
  readonly #steps = new SeekSteps();
  readonly #listeners = new Set<(frame: Passed) => void>();
  #shownMs = Number.NEGATIVE_INFINITY;
  #destroyed = false;

  constructor(ports: RoomPorts) {
    this.#ports = ports;
    this.events = new RoomEvents(ports.after);
    this.queue = new RoomQueue((request) => {
      this.#ask(request, 'queue');
    });
    this.people = new RoomPeople(
      (request) => {
        this.#ask(request, request.type);
      },
      () => ports.nowMs(),
    );
    this.#connection = new RoomConnection(ports, {
      resume: () => this.#resume(),
      changed: (connection) => {
        this.connection = connection;
        if (connection.state === 'closed') this.#clock.stop();
      },
      received: (frame, receivedMs) => {
        this.#received(frame, receivedMs);
      },
      dropped: () => {
        this.#clock.stop();
      },
    });
    this.#clock = new RoomClock(ports, (t0) => {
      this.#connection.send({ type: 'clock', t0 });
    });
    this.#outbox = new RoomOutbox(ports, (frame: AnsweredFrame) => this.#connection.send(frame));
    this.chat = new RoomChat({
      you: () => this.people.you,
      nowMs: () => this.#roomNowMs(),
      positionSeconds: () => (this.item === null ? null : this.#film.positionSeconds),
      ask: (request, answered) => {
        this.#outbox.ask(request, answered);
      },
    });
    this.#film = new RoomPlayback(ports, this.#clock, {
      film: (item) => filmOf(this.queue.find(item)),
      changed: () => {
        this.#show();
      },
      acted: (kind, amountMs) => {
        this.sync.acted(kind, amountMs, ports.nowMs());
      },
    });
    this.#reporter = new RoomReporter(this.#clock, this.#film, (frame) =>
      this.#connection.send(frame),
    );
  }

  /** Joins. Call once; everything after is kept up by itself. */
  start(): void {
    this.#connection.connect();
    this.#film.start();
    this.#heartbeat();
  }

  /** The element to play on; returns how to take it away again. */
  attach(player: Player): () => void {
    const stopMedia = this.media.attach(player);
    const stopFilm = this.#film.attach(player);
    return () => {
      stopFilm();
      stopMedia();
    };
  }

  /** Tell of `visibilitychange`. */
  setHidden(hidden: boolean): void {
    this.#film.setHidden(hidden);
    if (!hidden) this.wake();
  }

  /** Tell of `online` and `pageshow`. */
  wake(): void {
    this.#connection.hurry();
  }

  play(): void {
    this.#control({ type: 'control', action: 'play', position: this.#film.positionSeconds });
  }

  pause(): void {
    const pressed = this.canControl ? this.#film.pressPause() : null;
    const position = pressed ?? this.#film.positionSeconds;
    this.#control({ type: 'control', action: 'pause', position });
  }

  seek(positionSeconds: number): void {
    const furthest = furthestSeconds(filmOf(this.item), this.#stepsFrom());
    const position = this.#steps.going(this.#ports.nowMs(), Math.min(positionSeconds, furthest));
    this.#control({ type: 'control', action: 'seek', position });
  }

  seekBy(seconds: number): void {
    this.seek(this.#stepsFrom() + seconds);
  }

  seekByFrame(step: 1 | -1): void {
    this.seek(frameBeside(step, this.#stepsFrom(), this.media.frame));
  }

  setRate(rate: number): void {
    this.#control({ type: 'control', action: 'rate', rate });
  }

  select(item: string): void {
    this.#control({ type: 'control', action: 'select', item });
  }

  next(): void {
    this.#control({ type: 'control', action: 'next' });
  }

  react(emoji: string): void {
    this.#connection.send({
      type: 'react',
      emoji,
      ...(this.item === null ? {} : { position: this.positionSeconds }),
    });
  }

  sendVoice(state: VoiceState): void {
    this.#connection.send({ type: 'voice', state });
  }

  sendSignal(to: string, data: unknown): void {
    this.#connection.send({ type: 'signal', to, data });
  }

  /** Voice and signal frames, for whoever talks to other members. Returns how to stop. */
  listen(listener: (frame: Passed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Put me right now: measure the clock anew and jump if need be. */
  resync(): void {
    this.#clock.suspect();
    this.#film.resync();
    this.#connection.hurry();
  }

  /** Call from a click: sound is allowed from here on. */
  unlock(): void {
    this.#film.unlock();
    this.needsGesture = this.#film.refused;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#connection.close('left');
    this.#clock.stop();
    this.#film.destroy();
    this.#listeners.clear();
  }

  #stepsFrom(): number {
    return this.#steps.from(this.#ports.nowMs(), this.#film.positionSeconds);
  }

  #roomNowMs(): number {
    const roomUs = this.#clock.roomUs(this.#ports.nowMs());
    return roomUs === null ? this.#ports.wallMs() : roomUs / 1000;
  }

  #resume(): { member: string; last_message?: string } | undefined {
    const { you } = this.people;
    if (you === null) return undefined;
    const last = this.chat.lastKnownId;
    return {
      member: you.resume,
      ...(last === undefined ? {} : { last_message: last }),
    };
  }

  #received(frame: ServerFrame, receivedMs: number): void {
    switch (frame.type) {
      case 'welcome':
        this.#clock.welcomed(this.#connection.helloSentMs, frame.now_us, receivedMs);
        this.#clock.start();
        this.room = frame.room;
        this.people.welcomed(frame.you, frame.members);
        this.queue.items = frame.queue;
        this.ice = frame.ice;
        this.notices = [];
        this.chat.addHistory(frame.messages);
        this.#playback(frame.playback, false);
        this.#outbox.resend();
        this.#reporter.report(receivedMs);
        return;
      case 'clock':
        this.#clock.answered(frame, receivedMs);
        return;
      case 'playback':
        this.#playback(frame.playback, true);
        return;
      case 'members':
        this.people.changed(frame);
        return;
      case 'queue':
        this.queue.items = frame.queue;
        this.#film.filmsChanged();
        return;
      case 'room':
        this.room = frame.room;
        return;
      case 'chat':
        this.chat.received(frame.message);
        return;
      case 'react':
        this.events.reacted(frame);
        return;
      case 'notice':
        this.notices = [
          ...this.notices.filter((one) => one.code !== frame.code),
          ...(frame.active ? [{ code: frame.code, message: frame.message }] : []),
        ];
        return;
      case 'ack':
        this.#outbox.answer(frame.id, { ok: true, message: frame.message });
        return;
      case 'error':
        if (frame.id === null) return;
        this.#outbox.answer(frame.id, { ok: false, code: frame.code, message: frame.message });
        return;
      case 'voice':
        this.people.changed({
          joined: [],
          left: [],
          changed: [{ id: frame.member, voice: frame.state }],
        });
        for (const listener of this.#listeners) listener(frame);
        return;
      case 'signal':
        for (const listener of this.#listeners) listener(frame);
        return;
      case 'goodbye':
        // The connection remembers when to come back.
        return;
    }
  }

  #playback(playback: Playback, live: boolean): void {
    const before = this.playback;
    this.#film.accept(timelineOf(playback));
    this.playback = playback;
    const until = playback.hold === null ? null : this.#clock.ownMs(playback.hold.until_us);
    this.hold =
      playback.held.length === 0 && playback.hold === null
        ? null
        : { members: playback.hold?.members ?? playback.held, untilMs: until };
    if (before !== null && playback.by !== null && playback.by !== this.people.you?.id) {
      if (!live && playback.stamp !== before.stamp) this.#outbox.overtaken();
    }
    if (live && before !== null) {
      this.events.playback(before, playback, this.people.members, this.people.you?.id ?? null);
    }
    this.#show(true);
  }

  #control(request: Extract<Request, { type: 'control' }>): void {
    this.pending = request.action;
    this.#outbox.ask(request, (answer) => {
      if (this.pending === request.action) this.pending = null;
      if (answer.ok) return;
      this.#film.releasePress();
      this.events.refused('control', answer);
    });
  }

  #ask(request: Request, what: Refusal['what']): void {
    this.#outbox.ask(request, (answer) => {
      if (!answer.ok) this.events.refused(what, answer);
    });
  }

  /** Copies what moves all the time into the reactive fields, a few times a second. */
  #show(now = false): void {
    const film = this.#film;
    const nowMs = this.#ports.nowMs();
    this.needsGesture = film.refused;
    this.paused = !film.wanted;
    this.#reporter.stateChanged(nowMs);
    if (!now && nowMs - this.#shownMs < SHOW_MS) return;
    this.#shownMs = nowMs;
    this.positionSeconds = film.positionSeconds;
    const item = this.item;
    this.playableUntilSeconds = item?.playable_until ?? 0;
    this.durationSeconds =
      item?.duration ?? (Number.isFinite(film.durationSeconds) ? film.durationSeconds : 0);
    this.media.refresh();
    this.sync.show({
      nowMs,
      film,
      estimate: this.#clock.estimate(),
      roundTripMs: this.#clock.roundTripMs,
      connected: this.#connection.isOpen,
    });
  }

  #heartbeat(): void {
    if (this.#destroyed) return;
    const nowMs = this.#ports.nowMs();
    if (this.#sleep.tick(nowMs, this.#ports.wallMs())) {
      this.#clock.suspect();
      this.#connection.hurry();
    }
    if (this.#connection.isOpen && this.#clock.silenceMs(nowMs) > DEAD_AFTER_MS) {
      this.#connection.abandon();
    }
    this.#reporter.tick(nowMs);
    this.#ports.after(HEARTBEAT_MS, () => {
      this.#heartbeat();
    });
  }
}
