/**
 * Brings a player onto a running timeline at a chosen instant: seek while standing, wait until the
 * picture is ready, start early by what this device takes to start. Seeking while the film runs
 * would be one call, but lands anywhere within 50 ms, by how far the next keyframe is.
 */
import type { Player } from '../player';
import { bufferedAhead, positionAt, type DriftController, type Timeline } from '../sync';

/** `due`: look again then; `waiting`: for data; `now`: `play()` is to be called. */
export type LandingStep =
  | { readonly kind: 'due'; readonly atMs: number }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'now' };

/** Starting later than this is made up by another seek, less by the drift controller. */
const LATE_MS = 60;
/** A place that needs more tries than this is left to the drift controller. */
const MOST_TRIES = 4;
const EXACT_SECONDS = 0.0005;
/** Film that must lie ready for the time of a seek to be that of the device, not the network. */
const READY_SECONDS = 0.5;

export class Landing {
  readonly #player: Player;
  readonly #drift: DriftController;
  readonly timeline: Timeline;
  /** When the clock should run, in our own time. */
  #landMs = 0;
  #soughtMs: number | null = null;
  #teaches = false;
  #tries = 0;

  constructor(player: Player, drift: DriftController, timeline: Timeline) {
    this.#player = player;
    this.#drift = drift;
    this.timeline = timeline;
  }

  /** Chooses the instant, not before the timeline's own, and goes to the place. */
  begin(nowMs: number, roomUs: number): void {
    const player = this.#player;
    const atMs = nowMs + (this.timeline.atUs - roomUs) / 1000;
    const startMs = nowMs + this.#startLatencyMs;
    const jumpLatencyMs = this.#drift.jumpLatencyMs(player.startCondition.idleMs);
    this.#tries += 1;
    // Nothing to seek if the film stands where it will start. With no time left for a seek, a
    // start that is a little late costs less than the seek.
    this.#landMs = Math.max(atMs, startMs);
    const hurried = atMs - nowMs < jumpLatencyMs;
    const toleratedSeconds = hurried ? LATE_MS / 1000 : EXACT_SECONDS;
    if (player.paused && !player.seeking && this.#offAt(roomUs) <= toleratedSeconds) return;
    this.#landMs = Math.max(atMs, nowMs + jumpLatencyMs);
    if (!player.paused) player.pause();
    const to = this.#positionAtLanding(nowMs, roomUs);
    this.#soughtMs = nowMs;
    this.#teaches = bufferedAhead(player.buffered, to) >= READY_SECONDS;
    player.seek(to);
  }

  step(nowMs: number, roomUs: number): LandingStep {
    const player = this.#player;
    if (player.seeking || !player.canPlay) return { kind: 'waiting' };
    if (this.#soughtMs !== null) {
      const tookMs = nowMs - this.#soughtMs;
      this.#soughtMs = null;
      if (this.#teaches) {
        this.#drift.seekLatency.learn(tookMs - this.#drift.seekLatency.valueMs);
      }
    }
    const issueMs = this.#landMs - this.#startLatencyMs;
    if (nowMs < issueMs - 0.5) return { kind: 'due', atMs: issueMs };
    const offMs = this.#offAt(roomUs) * 1000;
    if (offMs > LATE_MS && this.#tries < MOST_TRIES && this.#reachable(roomUs)) {
      this.begin(nowMs, roomUs);
      return { kind: 'waiting' };
    }
    return { kind: 'now' };
  }

  /** Position minus timeline, ms, that a start at room time `roomUs` will land with. */
  expectedErrorMs(roomUs: number): number {
    const landsUs = roomUs + this.#startLatencyMs * 1000;
    return (this.#player.positionSeconds - positionAt(this.timeline, landsUs)) * 1000;
  }

  /** Of a start from where the film stands now. */
  get #startLatencyMs(): number {
    return this.#drift.startLatency.of(this.#player.startCondition).valueMs;
  }

  /** How far from the timeline a start at `roomUs` would land, seconds. */
  #offAt(roomUs: number): number {
    return Math.abs(this.expectedErrorMs(roomUs)) / 1000;
  }

  /** Chasing a place that is not there yet makes everything later: rather play what there is. */
  #reachable(roomUs: number): boolean {
    const jumpLatencyMs = this.#drift.jumpLatencyMs(this.#player.startCondition.idleMs);
    const to = positionAt(this.timeline, roomUs + jumpLatencyMs * 1000);
    return bufferedAhead(this.#player.buffered, to) >= READY_SECONDS;
  }

  #positionAtLanding(nowMs: number, roomUs: number): number {
    return positionAt(this.timeline, roomUs + (this.#landMs - nowMs) * 1000);
  }
}
