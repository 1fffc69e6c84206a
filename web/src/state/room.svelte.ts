/** A viewer's place in a room: reactive fields to show, methods for what a person can do. */
import type {
  AnsweredFrame,
  ControlAction,
  Member,
  OwnMember,
  Playback,
  QueueItem,
  QueueSend,
  RoleSend,
  Room,
  ServerFrame,
  SignalFrame,
  VoiceFrame,
  IceServer,
  VoiceState,
} from '../protocol';
import type { Player } from '../player';
import { SleepWatch, judgeSync, timelineOf } from '../sync';
import { lastKnownId, mergeMessages, withAnswer, withOwn } from './chat-log';
import { activityBetween } from './room-activity';
import { RoomClock } from './room-clock';
import { RoomConnection } from './room-connection';
import { RoomMedia } from './room-media.svelte';
import { RoomOutbox, type Answer, type Request } from './room-outbox';
import { RoomPlayback, type Film } from './room-playback';
import type { RoomPorts } from './room-ports';
import type {
  Activity,
  ChatEntry,
  Connection,
  HoldView,
  Reaction,
  Refusal,
  RoomNotice,
  SyncAction,
  SyncView,
} from './room-types';
import { mayControl, mergeMembers } from './roster';

const REPORT_MS = 1000;
const SHOW_MS = 200;
const REACTION_SHOWN_MS = 6000;
const ACTIVITY_SHOWN_MS = 4000;
const REFUSAL_SHOWN_MS = 6000;
const ACTIONS_KEPT_MS = 60_000;
/** A question about the time that stays open this long: the socket is dead. */
const DEAD_AFTER_MS = 9000;
const NO_SYNC: SyncView = {
  offsetMs: null,
  uncertaintyMs: null,
  roundTripMs: null,
  bufferSeconds: 0,
  rung: null,
  actions: [],
  level: 'fair',
  why: 'measuring',
};

type Passed = VoiceFrame | SignalFrame;

export class RoomSession {
  connection = $state.raw<Connection>({ state: 'connecting' });
  you = $state.raw<OwnMember | null>(null);
  room = $state.raw<Room | null>(null);
  /** In the order of joining, you included. */
  members = $state.raw<readonly Member[]>([]);
  playback = $state.raw<Playback | null>(null);
  queue = $state.raw<readonly QueueItem[]>([]);
  messages = $state.raw<readonly ChatEntry[]>([]);
  reactions = $state.raw<readonly Reaction[]>([]);
  notices = $state.raw<readonly RoomNotice[]>([]);
  ice = $state.raw<readonly IceServer[]>([]);
  /** What somebody just did to all; null again after a moment. */
  activity = $state.raw<Activity | null>(null);
  /** What the server just refused; null again after a moment. */
  refusal = $state.raw<Refusal | null>(null);
  hold = $state.raw<HoldView | null>(null);
  sync = $state.raw<SyncView>(NO_SYNC);
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

  /** What is on. */
  readonly item = $derived(
    this.queue.find((one) => one.id === (this.playback?.item ?? null)) ?? null,
  );
  readonly canControl = $derived(
    this.room !== null && this.#self !== null && mayControl(this.room.control, this.#self),
  );

  readonly #ports: RoomPorts;
  readonly #connection: RoomConnection;
  readonly #clock: RoomClock;
  readonly #outbox: RoomOutbox;
  readonly #film: RoomPlayback;
  readonly #sleep = new SleepWatch();
  readonly #listeners = new Set<(frame: Passed) => void>();
  #count = 0;
  #actions: readonly SyncAction[] = [];
  #reportedMs = Number.NEGATIVE_INFINITY;
  #reportedState = '';
  #shownMs = Number.NEGATIVE_INFINITY;
  #destroyed = false;

  constructor(ports: RoomPorts) {
    this.#ports = ports;
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
    this.#film = new RoomPlayback(ports, this.#clock, {
      film: (item) => this.#filmOf(item),
      changed: () => {
        this.#show();
      },
      acted: (kind, amountMs) => {
        this.#acted(kind, amountMs);
      },
    });
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
    const position = Math.max(0, positionSeconds);
    this.#control({ type: 'control', action: 'seek', position });
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

  /** Shown at once as pending; kept and sent again until the server has it. */
  sendChat(text: string, replyTo: string | null = null): void {
    const you = this.you;
    const own: ChatEntry = {
      key: this.#key('own'),
      id: null,
      by: you?.id ?? '',
      name: you?.name ?? '',
      own: true,
      text,
      replyTo,
      positionSeconds: this.item === null ? null : this.positionSeconds,
      sentAtMs: this.#roomNowMs(),
      status: 'pending',
      failure: null,
    };
    this.messages = withOwn(this.messages, own);
    this.#sendChat(own);
  }

  /** Tries a failed line again. */
  retryChat(key: string): void {
    const entry = this.messages.find((one) => one.key === key);
    if (entry?.status !== 'failed') return;
    this.messages = withAnswer(this.messages, key, { status: 'pending', failure: null });
    this.#sendChat(entry);
  }

  discardChat(key: string): void {
    this.messages = this.messages.filter((one) => one.key !== key || one.status !== 'failed');
  }

  /** Older messages that were fetched over HTTP. */
  addHistory(messages: Parameters<typeof mergeMessages>[1]): void {
    this.messages = mergeMessages(this.messages, messages, this.you?.id ?? null);
  }

  react(emoji: string): void {
    this.#connection.send({
      type: 'react',
      emoji,
      ...(this.item === null ? {} : { position: this.positionSeconds }),
    });
  }

  queueAdd(video: string, before: string | null = null): void {
    this.#queue({ type: 'queue', op: 'add', video, ...(before === null ? {} : { before }) });
  }

  queueRemove(item: string): void {
    this.#queue({ type: 'queue', op: 'remove', item });
  }

  /** `before` null: to the end. */
  queueMove(item: string, before: string | null): void {
    this.#queue({ type: 'queue', op: 'move', item, before });
  }

  queueClear(): void {
    this.#queue({ type: 'queue', op: 'clear' });
  }

  queueVote(item: string): void {
    this.#queue({ type: 'queue', op: 'vote', item });
  }

  setRole(member: string, role: RoleSend['role']): void {
    this.#ask({ type: 'role', member, role }, 'role');
  }

  kick(member: string): void {
    this.#ask({ type: 'kick', member }, 'kick');
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

  get #self(): Member | null {
    const own = this.you;
    return this.members.find((one) => one.id === own?.id) ?? own;
  }

  #key(kind: string): string {
    this.#count += 1;
    return `${kind}-${String(this.#count)}`;
  }

  #roomNowMs(): number {
    const roomUs = this.#clock.roomUs(this.#ports.nowMs());
    return roomUs === null ? this.#ports.wallMs() : roomUs / 1000;
  }

  #resume(): { member: string; last_message?: string } | undefined {
    if (this.you === null) return undefined;
    const last = lastKnownId(this.messages);
    return {
      member: this.you.resume,
      ...(last === undefined ? {} : { last_message: last }),
    };
  }

  #received(frame: ServerFrame, receivedMs: number): void {
    switch (frame.type) {
      case 'welcome':
        this.#clock.welcomed(this.#connection.helloSentMs, frame.now_us, receivedMs);
        this.#clock.start();
        this.you = frame.you;
        this.room = frame.room;
        this.members = frame.members;
        this.queue = frame.queue;
        this.ice = frame.ice;
        this.notices = [];
        this.messages = mergeMessages(this.messages, frame.messages, frame.you.id);
        this.#playback(frame.playback, false);
        this.#outbox.resend();
        this.#report(true);
        return;
      case 'clock':
        this.#clock.answered(frame, receivedMs);
        return;
      case 'playback':
        this.#playback(frame.playback, true);
        return;
      case 'members':
        this.members = mergeMembers(this.members, frame);
        return;
      case 'queue':
        this.queue = frame.queue;
        this.#film.filmsChanged();
        return;
      case 'room':
        this.room = frame.room;
        return;
      case 'chat':
        this.messages = mergeMessages(this.messages, [frame.message], this.you?.id ?? null);
        return;
      case 'react':
        this.#reacted(frame.by, frame.name, frame.emoji, frame.position);
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
        this.members = mergeMembers(this.members, {
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
    if (before !== null && playback.by !== null && playback.by !== this.you?.id) {
      if (!live && playback.stamp !== before.stamp) this.#outbox.overtaken();
    }
    if (live && before !== null) this.#tell(before, playback);
    this.#show(true);
  }

  #tell(before: Playback, after: Playback): void {
    const told = activityBetween(before, after);
    if (told === null) return;
    const by = this.members.find((one) => one.id === after.by) ?? null;
    const activity: Activity = {
      key: this.#key('activity'),
      by: after.by,
      name: by?.name ?? null,
      own: after.by !== null && after.by === this.you?.id,
      ...told,
    };
    this.activity = activity;
    this.#ports.after(ACTIVITY_SHOWN_MS, () => {
      if (this.activity === activity) this.activity = null;
    });
  }

  #reacted(by: string, name: string, emoji: string, positionSeconds: number | null): void {
    const reaction: Reaction = { key: this.#key('reaction'), by, name, emoji, positionSeconds };
    this.reactions = [...this.reactions.slice(-49), reaction];
    this.#ports.after(REACTION_SHOWN_MS, () => {
      this.reactions = this.reactions.filter((one) => one !== reaction);
    });
  }

  #control(request: Extract<Request, { type: 'control' }>): void {
    this.pending = request.action;
    this.#outbox.ask(request, (answer) => {
      if (this.pending === request.action) this.pending = null;
      if (answer.ok) return;
      this.#film.releasePress();
      this.#refused('control', answer);
    });
  }

  #queue(request: Omit<QueueSend, 'id'>): void {
    this.#ask(request, 'queue');
  }

  #ask(request: Request, what: Refusal['what']): void {
    this.#outbox.ask(request, (answer) => {
      if (!answer.ok) this.#refused(what, answer);
    });
  }

  #refused(what: Refusal['what'], answer: Extract<Answer, { ok: false }>): void {
    const refusal: Refusal = {
      key: this.#key('refusal'),
      what,
      code: answer.code,
      message: answer.message,
    };
    this.refusal = refusal;
    this.#ports.after(REFUSAL_SHOWN_MS, () => {
      if (this.refusal === refusal) this.refusal = null;
    });
  }

  #sendChat(own: ChatEntry): void {
    const request: Request = {
      type: 'chat',
      text: own.text,
      ...(own.replyTo === null ? {} : { reply_to: own.replyTo }),
    };
    this.#outbox.ask(request, (answer) => {
      this.messages = withAnswer(
        this.messages,
        own.key,
        answer.ok
          ? { status: 'sent', ...(answer.message === null ? {} : { id: answer.message }) }
          : { status: 'failed', failure: answer.code },
      );
    });
  }

  #filmOf(item: string): Film | null {
    const found = this.queue.find((one) => one.id === item);
    if (found === undefined) return null;
    return {
      item: found.id,
      master: found.master,
      playableUntilSeconds: found.playable_until,
      complete: found.status === 'ready',
    };
  }

  #acted(kind: SyncAction['kind'], amountMs: number): void {
    const atMs = this.#ports.nowMs();
    const kept = this.#actions.filter((one) => atMs - one.atMs < ACTIONS_KEPT_MS);
    this.#actions = [...kept, { atMs, kind, amountMs }];
  }

  /** Copies what moves all the time into the reactive fields, a few times a second. */
  #show(now = false): void {
    const film = this.#film;
    const nowMs = this.#ports.nowMs();
    this.needsGesture = film.refused;
    this.paused = !film.wanted;
    if (film.state !== this.#reportedState) this.#report(true);
    if (!now && nowMs - this.#shownMs < SHOW_MS) return;
    this.#shownMs = nowMs;
    this.positionSeconds = film.positionSeconds;
    const item = this.item;
    this.playableUntilSeconds = item?.playable_until ?? 0;
    this.durationSeconds =
      item?.duration ?? (Number.isFinite(film.durationSeconds) ? film.durationSeconds : 0);
    this.media.refresh();
    this.#showSync(nowMs);
  }

  #showSync(nowMs: number): void {
    const film = this.#film;
    const estimate = this.#clock.estimate();
    const clockKnown = estimate !== null && Number.isFinite(estimate.uncertaintyMs);
    const offsetMs = film.wanted ? film.driftMs : null;
    this.sync = {
      offsetMs,
      uncertaintyMs: clockKnown ? estimate.uncertaintyMs : null,
      roundTripMs: clockKnown ? this.#clock.roundTripMs : null,
      bufferSeconds: film.bufferSeconds,
      rung: film.rungLabel,
      actions: this.#actions.filter((one) => nowMs - one.atMs < ACTIONS_KEPT_MS),
      ...judgeSync({
        driftMs: offsetMs,
        clockKnown,
        connected: this.#connection.isOpen,
        wanted: film.wanted,
        stalled: film.stalled,
        refused: film.refused,
        hidden: film.hidden,
      }),
    };
  }

  /** Once a second, and at once when the state changes. */
  #report(now: boolean): void {
    const nowMs = this.#ports.nowMs();
    if (!now && nowMs - this.#reportedMs < REPORT_MS - 50) return;
    const roomUs = this.#clock.roomUs(nowMs);
    if (roomUs === null || !this.#connection.isOpen) return;
    const film = this.#film;
    this.#reportedMs = nowMs;
    this.#reportedState = film.state;
    this.#connection.send({
      type: 'report',
      state: film.state,
      position: Math.max(0, film.positionSeconds),
      at_us: Math.round(roomUs),
      drift_ms: film.driftMs ?? 0,
      buffered_s: film.bufferSeconds,
      rung: film.rungLabel ?? '',
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
    this.#report(false);
    this.#ports.after(REPORT_MS, () => {
      this.#heartbeat();
    });
  }
}
