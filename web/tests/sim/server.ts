/** A room server in virtual time: what the contract says about playback, clock and chat. */
import type { ClientFrame, Member, Playback, QueueItem, ServerFrame } from '../../src/protocol';
import type { Socket, SocketHandlers } from '../../src/state/room-ports';
import { Way, type LineTraits } from './network';
import type { World } from './world';

/** The server's clock, µs since the Unix epoch when the world began. */
const EPOCH_US = 1_763_887_330_000_000;

interface Seat {
  member: Member;
  readonly down: Way;
  readonly handlers: SocketHandlers;
  open: boolean;
  welcomed: boolean;
}

/** On top of the lead, as the server does where a place has to be sought first. */
const SEEK_LEAD_US = 100_000;

export class SimServer {
  readonly #world: World;
  readonly #seats = new Set<Seat>();
  readonly #answered = new Map<string, ServerFrame>();
  readonly #leadMs: () => number;
  readonly #item: QueueItem;
  #playback: Playback;
  #stamp = 1;
  #members = 0;
  #messages = 0;
  up = true;
  /** Chat texts in the order in which they became durable. */
  readonly chat: string[] = [];
  /** Every state that was broadcast, with its instant in world time. */
  readonly history: { readonly atMs: number; readonly playback: Playback }[] = [];

  constructor(world: World, leadMs: () => number, durationSeconds = 600) {
    this.#world = world;
    this.#leadMs = leadMs;
    this.#item = {
      id: 'item-1',
      video: 'video-1',
      title: 'Film',
      duration: durationSeconds,
      playable_until: durationSeconds,
      status: 'ready',
      progress: null,
      error: null,
      added_by: null,
      votes: 0,
      master: '/media/film/master.m3u8',
      sprite: null,
      poster: null,
      subtitles: [],
    };
    this.#playback = {
      item: 'item-1',
      video: 'video-1',
      paused: true,
      rate: 1,
      position: 0,
      at_us: this.nowUs,
      stamp: '1.0.sim',
      by: null,
      held: [],
      hold: null,
    };
  }

  get nowUs(): number {
    return Math.round(EPOCH_US + this.#world.nowMs * 1000);
  }

  get playback(): Playback {
    return this.#playback;
  }

  /** Where the film truly should be at this instant. */
  get targetSeconds(): number {
    const { paused, position, rate, at_us } = this.#playback;
    if (paused) return position;
    return position + (rate * Math.max(0, this.nowUs - at_us)) / 1e6;
  }

  /** A viewer's socket over its line. */
  connect(name: string, line: LineTraits, handlers: SocketHandlers): Socket {
    const up = new Way(this.#world, line, line.roundTripMs * line.upShare);
    const down = new Way(this.#world, line, line.roundTripMs * (1 - line.upShare));
    this.#members += 1;
    const seat: Seat = {
      member: {
        id: `member-${String(this.#members)}`,
        name,
        kind: 'guest',
        role: 'viewer',
        host: false,
        state: 'joining',
        drift_ms: null,
        voice: null,
      },
      down,
      handlers,
      open: this.up,
      welcomed: false,
    };
    if (!this.up) {
      down.carry(() => {
        handlers.closed(1006);
      });
      return { send: () => undefined, close: () => undefined };
    }
    this.#seats.add(seat);
    up.carry(() => {
      down.carry(() => {
        if (seat.open) handlers.opened();
      });
    });
    return {
      send: (text) => {
        up.carry(() => {
          if (seat.open) this.#received(seat, JSON.parse(text) as ClientFrame);
        });
      },
      close: () => {
        seat.open = false;
        this.#seats.delete(seat);
      },
    };
  }

  /** Cuts every socket, as a restart does. */
  cutAll(): void {
    for (const seat of [...this.#seats]) {
      seat.open = false;
      this.#seats.delete(seat);
      seat.down.carry(() => {
        seat.handlers.closed(1006);
      });
    }
  }

  command(
    action: 'play' | 'pause' | 'seek' | 'rate',
    value: number | null,
    by: string | null,
  ): void {
    const nowUs = this.nowUs;
    const here = this.targetSeconds;
    const atUs = nowUs + Math.round(this.#leadMs() * 1000);
    const before = this.#playback;
    const later = before.paused ? here : here + (before.rate * (atUs - nowUs)) / 1e6;
    let next: Partial<Playback>;
    switch (action) {
      case 'pause': {
        const pressed = value !== null && Math.abs(value - here) < 1 ? value : here;
        next = { paused: true, position: pressed, at_us: nowUs };
        break;
      }
      case 'play':
        next = { paused: false, position: here, at_us: atUs };
        break;
      case 'seek':
        next = { position: value ?? 0, at_us: before.paused ? nowUs : atUs + SEEK_LEAD_US };
        break;
      case 'rate':
        next = { position: later, rate: value ?? 1, at_us: atUs };
    }
    this.#stamp += 1;
    this.#playback = { ...before, ...next, stamp: `${String(this.#stamp)}.0.sim`, by };
    this.history.push({ atMs: this.#world.nowMs, playback: this.#playback });
    this.#broadcast({ type: 'playback', playback: this.#playback });
  }

  #say(seat: Seat, frame: ServerFrame): void {
    const text = JSON.stringify(frame);
    seat.down.carry(() => {
      if (seat.open) seat.handlers.received(text);
    });
  }

  #broadcast(frame: ServerFrame): void {
    for (const seat of this.#seats) if (seat.welcomed) this.#say(seat, frame);
  }

  #received(seat: Seat, frame: ClientFrame): void {
    const receivedUs = this.nowUs;
    switch (frame.type) {
      case 'hello':
        seat.welcomed = true;
        if (frame.resume !== undefined) seat.member = { ...seat.member, id: frame.resume.member };
        this.#say(seat, {
          type: 'welcome',
          protocol: 1,
          you: { ...seat.member, resume: seat.member.id },
          room: {
            code: '7K3QX9ZT0B',
            name: 'Sim',
            owner: null,
            control: 'everyone',
            visibility: 'unlisted',
            hold: 'none',
            capacity: 50,
            has_password: false,
            present: this.#seats.size,
            created_at: '2025-11-23T08:42:10Z',
          },
          members: [...this.#seats].map((one) => one.member),
          playback: this.#playback,
          queue: [this.#item],
          messages: [],
          ice: [],
          now_us: receivedUs,
        });
        this.#broadcast({ type: 'members', joined: [seat.member], left: [], changed: [] });
        return;
      case 'clock':
        this.#say(seat, { type: 'clock', t0: frame.t0, t1: receivedUs, t2: this.nowUs });
        return;
      case 'control':
        this.#once(seat, frame.id, () => {
          if (frame.action === 'select' || frame.action === 'next') return;
          const value = frame.action === 'rate' ? frame.rate : frame.position;
          this.command(frame.action, value ?? null, seat.member.id);
        });
        return;
      case 'chat':
        this.#once(seat, frame.id, () => {
          this.#messages += 1;
          this.chat.push(frame.text);
          this.#broadcast({
            type: 'chat',
            message: {
              id: `msg-${String(this.#messages).padStart(6, '0')}`,
              by: seat.member.id,
              name: seat.member.name,
              text: frame.text,
              reply_to: frame.reply_to ?? null,
              position: null,
              sent_at: this.nowUs,
            },
          });
        });
        return;
      default:
        return;
    }
  }

  /** A repeated id is answered again and applied once. */
  #once(seat: Seat, id: string, apply: () => void): void {
    const known = this.#answered.get(id);
    if (known === undefined) {
      const ack: ServerFrame = { type: 'ack', id, message: null };
      this.#answered.set(id, ack);
      apply();
      this.#say(seat, ack);
    } else {
      this.#say(seat, known);
    }
  }
}
