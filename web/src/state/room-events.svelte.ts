/** What is shown for a moment: who did what to all, what was refused, who laughed where. */
import type { Member, Playback, ReactFrame } from '../protocol';
import { activityBetween } from './room-activity';
import type { Answer } from './room-outbox';
import type { After } from './room-ports';
import type { Activity, Reaction, Refusal } from './room-types';

const REACTION_SHOWN_MS = 6000;
const ACTIVITY_SHOWN_MS = 4000;
const REFUSAL_SHOWN_MS = 6000;
const MOST_REACTIONS = 50;
/** Of reactions that have a place in the film, for the marks on the seek bar. */
const MOST_MARKS = 400;

export class RoomEvents {
  /** What somebody just did to all; null again after a moment. */
  activity = $state.raw<Activity | null>(null);
  /** What the server just refused; null again after a moment. */
  refusal = $state.raw<Refusal | null>(null);
  /** Of the last seconds. */
  reactions = $state.raw<readonly Reaction[]>([]);
  /** Of the film that is on, as long as we have been here. */
  marks = $state.raw<readonly Reaction[]>([]);

  readonly #after: After;
  #count = 0;

  constructor(after: After) {
    this.#after = after;
  }

  playback(
    before: Playback,
    after: Playback,
    members: readonly Member[],
    own: string | null,
  ): void {
    if (after.item !== before.item) this.marks = [];
    const told = activityBetween(before, after);
    if (told === null) return;
    const by = members.find((one) => one.id === after.by) ?? null;
    const activity: Activity = {
      key: this.#key('activity'),
      by: after.by,
      name: by?.name ?? null,
      own: after.by !== null && after.by === own,
      ...told,
    };
    this.activity = activity;
    this.#after(ACTIVITY_SHOWN_MS, () => {
      if (this.activity === activity) this.activity = null;
    });
  }

  refused(what: Refusal['what'], answer: Extract<Answer, { ok: false }>): void {
    const { code, message } = answer;
    const refusal: Refusal = { key: this.#key('refusal'), what, code, message };
    this.refusal = refusal;
    this.#after(REFUSAL_SHOWN_MS, () => {
      if (this.refusal === refusal) this.refusal = null;
    });
  }

  reacted({ by, name, emoji, position }: ReactFrame): void {
    const reaction: Reaction = {
      key: this.#key('reaction'),
      by,
      name,
      emoji,
      positionSeconds: position,
    };
    this.reactions = [...this.reactions.slice(1 - MOST_REACTIONS), reaction];
    if (position !== null) this.marks = [...this.marks.slice(1 - MOST_MARKS), reaction];
    this.#after(REACTION_SHOWN_MS, () => {
      this.reactions = this.reactions.filter((one) => one !== reaction);
    });
  }

  #key(kind: string): string {
    this.#count += 1;
    return `${kind}-${String(this.#count)}`;
  }
}
