/** How the installation would come back if everything failed now. */
import { read } from '../protocol';

export const RECOVERY_STATES = [
  'ok',
  'unknown',
  'not_planned',
  'at_risk',
  'overdue',
  'damaged',
] as const;
export type RecoveryState = (typeof RECOVERY_STATES)[number];

export interface RecoveryWindow {
  /** ms since the Unix epoch, as all times here. */
  readonly from: number;
  readonly to: number;
}

export interface Recoverable extends RecoveryWindow {
  /** How many windows there are; the list has the newest of them. */
  readonly count: number;
  readonly windows: readonly RecoveryWindow[];
}

export interface RecoveryComponent {
  readonly component: string;
  readonly state: RecoveryState;
  /** The worst that is wrong with it, as a stable word. */
  readonly reason: string;
  readonly detail: string | null;
  /** What to type next. */
  readonly command: string | null;
  readonly backed_up: number | null;
  readonly verified: number | null;
  readonly restored: number | null;
  readonly restore_seconds: number | null;
  readonly lag_seconds: number | null;
  /** Null: all of it. */
  readonly loss_seconds: number | null;
  readonly promised_loss_seconds: number | null;
  readonly recovery_seconds: number | null;
  readonly promised_recovery_seconds: number | null;
  readonly recoverable: Recoverable | null;
  readonly on_change: boolean;
  readonly next_run: number | null;
  readonly overdue_since: number | null;
}

export interface RecoveryRepository {
  readonly name: string;
  readonly place: string;
  readonly reachable: boolean;
  readonly trouble: string | null;
  readonly bytes: number;
  readonly may_delete: boolean;
}

export interface RecoverySummary {
  readonly loss_seconds: number | null;
  readonly recovery_seconds: number | null;
  readonly gone: readonly string[];
  readonly unmeasured: readonly string[];
  readonly away: readonly string[];
}

export interface Recovery {
  readonly as_of: number;
  readonly plan_trouble: string | null;
  readonly leader: string | null;
  readonly summary: RecoverySummary;
  readonly components: readonly RecoveryComponent[];
  readonly repositories: readonly RecoveryRepository[];
}

const instant: read.Reader<number> = (value, path) => {
  const ms = Date.parse(read.text(value, path));
  if (Number.isNaN(ms)) throw new read.Malformed(path, 'a time');
  return ms;
};

const window = read.object<RecoveryWindow>({ from: instant, to: instant });

const recoverable = read.object<Recoverable>({
  from: instant,
  to: instant,
  count: read.integer,
  windows: read.list(window),
});

const component = read.object<RecoveryComponent>({
  component: read.text,
  state: read.oneOf(RECOVERY_STATES),
  reason: read.text,
  detail: read.orNull(read.text),
  command: read.orNull(read.text),
  backed_up: read.orNull(instant),
  verified: read.orNull(instant),
  restored: read.orNull(instant),
  restore_seconds: read.orNull(read.atLeastZero),
  lag_seconds: read.orNull(read.atLeastZero),
  loss_seconds: read.orNull(read.atLeastZero),
  promised_loss_seconds: read.orNull(read.atLeastZero),
  recovery_seconds: read.orNull(read.atLeastZero),
  promised_recovery_seconds: read.orNull(read.atLeastZero),
  recoverable: read.orNull(recoverable),
  on_change: read.orElse(read.flag, false),
  next_run: read.orNull(instant),
  overdue_since: read.orNull(instant),
});

const repository = read.object<RecoveryRepository>({
  name: read.text,
  place: read.text,
  reachable: read.flag,
  trouble: read.orNull(read.text),
  bytes: read.atLeastZero,
  may_delete: read.flag,
});

const summary = read.object<RecoverySummary>({
  loss_seconds: read.orNull(read.atLeastZero),
  recovery_seconds: read.orNull(read.atLeastZero),
  gone: read.list(read.text),
  unmeasured: read.list(read.text),
  away: read.list(read.text),
});

export const recovery = read.object<Recovery>({
  as_of: instant,
  plan_trouble: read.orNull(read.text),
  leader: read.orNull(read.text),
  summary,
  components: read.list(component),
  repositories: read.list(repository),
});
