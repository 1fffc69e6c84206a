/** Staying in step: clock, timeline, drift. Pure: no DOM, no timers, no clock reads. */
export { backOffMs, type BackOff } from './back-off';
export { bufferedAhead, type TimeRange } from './buffered';
export {
  ClockOffset,
  clockQuestionDelayMs,
  type ClockEstimate,
  type ClockSample,
} from './clock-offset';
export {
  DriftController,
  type Correction,
  type DriftReading,
  type JumpReason,
} from './drift-controller';
export type { StartCondition } from './latency';
export { MemberStateWatch, type Condition, type ReportedState } from './member-state';
export { RungAdvisor, type RungAdvice, type RungReading } from './rung-advisor';
export { SleepWatch } from './sleep-watch';
export { clamp, median, quantile } from './statistics';
export {
  judgeSync,
  type SyncCondition,
  type SyncJudgement,
  type SyncLevel,
  type SyncReason,
} from './sync-level';
export {
  accept,
  advance,
  compareStamps,
  positionAt,
  timelineOf,
  type Timeline,
  type TimelineTrack,
} from './timeline';
