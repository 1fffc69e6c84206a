/** How recovery stands, as an operator reads it. Pure: now is an argument. */
import type {
  Recoverable,
  Recovery,
  RecoveryComponent,
  RecoverySummary,
  RecoveryWindow,
} from '../../api';
import { exactTime, fromNow, names, span, t } from '../../i18n';

export type Level = 'ok' | 'unknown' | 'poor';

export function levelOf(state: RecoveryComponent['state']): Level {
  if (state === 'ok') return 'ok';
  return state === 'unknown' || state === 'not_planned' ? 'unknown' : 'poor';
}

const WORST: readonly Level[] = ['poor', 'unknown', 'ok'];

/** The worst of all. */
export function overallOf({ components, repositories }: Recovery): Level {
  const levels = components.map(({ state }) => levelOf(state));
  if (repositories.some(({ reachable }) => !reachable)) levels.push('poor');
  return WORST.find((level) => levels.includes(level)) ?? 'ok';
}

export function nameOf(component: string): string {
  const words: Readonly<Record<string, string>> = t.recovery.component;
  return words[component] ?? component;
}

const namesOf = (components: readonly string[]): string => names(components.map(nameOf), 9);

/** What it all comes to, in one sentence. */
export function sentenceOf(summary: RecoverySummary): string {
  const { loss_seconds: loss, recovery_seconds: time } = summary;
  if (loss === null)
    return summary.away.length > 0 ? t.recovery.nobodyCanSay : t.recovery.wouldLoseAll;
  if (summary.gone.length > 0) return t.recovery.wouldNotAllComeBack;
  const back = time === null ? null : span(time);
  return loss === 0 ? t.recovery.wouldLoseNothing(back) : t.recovery.wouldLose(span(loss), back);
}

/** What that sentence leaves out. */
export function besides({
  loss_seconds,
  recovery_seconds,
  gone,
  unmeasured,
  away,
}: RecoverySummary): readonly string[] {
  const said: string[] = [];
  if (gone.length > 0 && (loss_seconds !== null || away.length > 0)) {
    said.push(t.recovery.gone(namesOf(gone)));
  }
  if (gone.length > 0 && loss_seconds !== null) {
    const back = recovery_seconds === null ? null : span(recovery_seconds);
    said.push(t.recovery.restLoses(span(loss_seconds), back));
  }
  if (away.length > 0 && loss_seconds !== null) said.push(t.recovery.away(namesOf(away)));
  if (unmeasured.length > 0) said.push(t.recovery.unmeasured(namesOf(unmeasured)));
  return said;
}

/** In an order that stays, whatever happens to them. */
const ORDER = ['sqlite', 'pg', 'objects', 'redis', 'config', 'secrets'];

export function inOrder(components: readonly RecoveryComponent[]): readonly RecoveryComponent[] {
  const place = ({ component }: RecoveryComponent): number => {
    const found = ORDER.indexOf(component);
    return found < 0 ? ORDER.length : found;
  };
  return [...components].sort((a, b) => place(a) - place(b));
}

/** Why a component is not well; null where it is. */
export function whyOf(one: RecoveryComponent, nowMs: number): string | null {
  const words = t.recovery.why;
  const spanOf = (seconds: number | null): string => (seconds === null ? '' : span(seconds));
  switch (one.reason) {
    case 'none':
      return null;
    case 'damaged':
      return words.damaged;
    case 'overdue':
      return words.overdue(one.overdue_since === null ? '' : fromNow(one.overdue_since, nowMs));
    case 'no_backup':
      return one.component === 'objects' ? words.oneStore : words.noBackup;
    case 'loses_too_much':
      return words.losesTooMuch(spanOf(one.loss_seconds), spanOf(one.promised_loss_seconds));
    case 'takes_too_long':
      return words.takesTooLong(
        spanOf(one.recovery_seconds),
        spanOf(one.promised_recovery_seconds),
      );
    case 'not_planned':
      return one.component === 'secrets' ? words.nobodyOpens : words.notPlanned;
    case 'never_restored':
      return words.neverRestored;
    case 'away':
      return words.away;
    default:
      // A word of a newer server.
      return one.detail;
  }
}

export function lossOf(one: RecoveryComponent): string {
  if (one.reason === 'away') return t.recovery.notKnown;
  if (one.loss_seconds === null) return t.recovery.lostAll;
  if (one.on_change) return t.recovery.lostChanges;
  return one.loss_seconds === 0 ? t.recovery.lostNothing : span(one.loss_seconds);
}

export function backOf(one: RecoveryComponent): string {
  if (one.reason === 'away') return t.recovery.notKnown;
  if (one.loss_seconds === null) return t.recovery.backNever;
  if (one.recovery_seconds !== null) return t.recovery.about(span(one.recovery_seconds));
  return one.component === 'objects' ? t.recovery.atOnce : t.recovery.notMeasured;
}

/** When the next backup is made, where that is no instant. */
export function nextOf(one: RecoveryComponent): string {
  if (one.lag_seconds !== null) return t.recovery.always;
  return one.on_change ? t.recovery.onChange : t.recovery.notAtAll;
}

export interface Piece {
  /** Shares of the bar, 0 to 1. */
  readonly at: number;
  readonly width: number;
}

/** Between two windows nothing can be brought back. */
export function holesIn({ windows }: Recoverable): readonly RecoveryWindow[] {
  if (isOfMoments(windows)) return [];
  return windows.slice(1).map(({ from }, i) => ({ from: windows[i]?.to ?? from, to: from }));
}

/** Backups that nothing follows: each is a moment, and what lies between them is no hole. */
function isOfMoments(windows: readonly RecoveryWindow[]): boolean {
  return windows.every(({ from, to }) => from === to);
}

/** The windows on a bar that ends now. */
export function piecesOf({ windows }: Recoverable, nowMs: number): readonly Piece[] {
  const from = windows[0]?.from ?? nowMs;
  const length = Math.max(1, nowMs - from);
  const share = (ms: number): number => Math.min(1, Math.max(0, (ms - from) / length));
  return windows.map((one) => ({ at: share(one.from), width: share(one.to) - share(one.from) }));
}

/** The windows in words. */
export function windowWords(all: Recoverable, nowMs: number): string {
  const from = fromNow(all.from, nowMs);
  const to = fromNow(all.to, nowMs);
  if (isOfMoments(all.windows)) return t.recovery.moments(all.count, from, to);
  const holes = all.count - 1;
  const words = t.recovery.anyMoment(from, to);
  return holes > 0 ? `${words}, ${t.recovery.holes(holes)}` : words;
}

/** The newest holes, one by one; most people have none. */
export function holeWords(all: Recoverable, most = 3): readonly string[] {
  const holes = [...holesIn(all)].reverse();
  const said = holes
    .slice(0, most)
    .map(({ from, to }) => t.recovery.hole(exactTime(from), exactTime(to)));
  return holes.length > most ? [...said, t.recovery.moreHoles(holes.length - most)] : said;
}
