import { describe, expect, it } from 'vitest';
import { judgeSync, type SyncCondition } from './sync-level';

const GOOD: SyncCondition = {
  driftMs: 2,
  clockKnown: true,
  connected: true,
  wanted: true,
  stalled: false,
  refused: false,
  hidden: false,
};

describe('judgeSync', () => {
  it.each([
    ['in step', {}, 'good', 'in_step'],
    ['in step up to 40 ms', { driftMs: -40 }, 'good', 'in_step'],
    ['fair beyond', { driftMs: -41 }, 'fair', 'catching_up'],
    ['poor beyond 300 ms', { driftMs: 301 }, 'poor', 'slowing_down'],
    ['fair while the socket is away', { connected: false }, 'fair', 'reconnecting'],
    ['poor while it buffers', { stalled: true }, 'poor', 'buffering'],
    ['poor while the browser refuses', { refused: true, stalled: true }, 'poor', 'needs_gesture'],
    ['good while the film stands', { wanted: false, driftMs: null }, 'good', 'idle'],
    ['fair before the first look', { driftMs: null }, 'fair', 'measuring'],
    ['fair before the first answer', { clockKnown: false }, 'fair', 'measuring'],
    ['excused in the background', { driftMs: 90, hidden: true }, 'fair', 'background'],
  ] as const)('is %s', (_fact, change, level, why) => {
    expect(judgeSync({ ...GOOD, ...change })).toEqual({ level, why });
  });
});
