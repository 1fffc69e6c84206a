/** How well a viewer is in step, and why not better. Pure. */

export const SYNC_LEVELS = ['good', 'fair', 'poor'] as const;
export type SyncLevel = (typeof SYNC_LEVELS)[number];

export const SYNC_REASONS = [
  /** Nothing is wrong. */
  'in_step',
  /** The film stands, or nothing is on. */
  'idle',
  /** The first clock answers or the first look at the player are still to come. */
  'measuring',
  /** The browser wants a gesture before it plays. */
  'needs_gesture',
  'buffering',
  /** The socket is away; the film plays on along the last timeline. */
  'reconnecting',
  'catching_up',
  'slowing_down',
  /** The tab is in the background, where timers are coarse. */
  'background',
] as const;
export type SyncReason = (typeof SYNC_REASONS)[number];

export interface SyncCondition {
  /** Position minus timeline; null while unknown. */
  readonly driftMs: number | null;
  readonly clockKnown: boolean;
  readonly connected: boolean;
  readonly wanted: boolean;
  readonly stalled: boolean;
  readonly refused: boolean;
  readonly hidden: boolean;
}

export interface SyncJudgement {
  readonly level: SyncLevel;
  readonly why: SyncReason;
}

const GOOD_MS = 40;
const FAIR_MS = 300;

export function judgeSync(now: SyncCondition): SyncJudgement {
  if (now.refused) return { level: 'poor', why: 'needs_gesture' };
  if (now.wanted && now.stalled) return { level: 'poor', why: 'buffering' };
  if (!now.clockKnown) return { level: 'fair', why: 'measuring' };
  if (!now.wanted) {
    return now.connected ? { level: 'good', why: 'idle' } : { level: 'fair', why: 'reconnecting' };
  }
  if (now.driftMs === null) return { level: 'fair', why: 'measuring' };
  const size = Math.abs(now.driftMs);
  const level = size <= GOOD_MS ? 'good' : size <= FAIR_MS ? 'fair' : 'poor';
  if (!now.connected) return { level: level === 'good' ? 'fair' : level, why: 'reconnecting' };
  if (level === 'good') return { level, why: 'in_step' };
  if (now.hidden) return { level, why: 'background' };
  return { level, why: now.driftMs < 0 ? 'catching_up' : 'slowing_down' };
}
