/** How recovery may stand, as the server would say it: well, in all kinds of trouble, or nowhere. */
const NOW = Date.now();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (msAgo) => new Date(NOW - msAgo).toISOString();

function recoverable(...windows) {
  const list = windows.map(([from, to]) => ({ from: at(from), to: at(to) }));
  return { from: list[0].from, to: list.at(-1).to, count: list.length, windows: list };
}

function component(name, more = {}) {
  return {
    component: name,
    part: null,
    state: 'ok',
    reason: 'none',
    detail: null,
    command: null,
    backed_up: at(9 * HOUR),
    verified: at(5 * HOUR),
    restored: at(5 * HOUR),
    restore_seconds: 12,
    reaches: at(0),
    lag_seconds: null,
    loss_seconds: 40,
    promised_loss_seconds: 86_400,
    recovery_seconds: 240,
    promised_recovery_seconds: 1800,
    recoverable: null,
    schedule: null,
    on_change: false,
    next_run: null,
    overdue_since: null,
    damaged: false,
    ...more,
  };
}

const bundle = (name, more = {}) =>
  component(name, {
    on_change: true,
    backed_up: at(3 * DAY),
    promised_loss_seconds: null,
    promised_recovery_seconds: null,
    recovery_seconds: 1,
    restore_seconds: 1,
    recoverable: recoverable([40 * DAY, 40 * DAY], [12 * DAY, 12 * DAY], [3 * DAY, 3 * DAY]),
    ...more,
  });

const hours = Array.from({ length: 168 }, (_, i) => [(168 - i) * HOUR, (168 - i) * HOUR]);

const place = (name, more = {}) => ({
  name,
  place: name === 'near' ? 'file:/mnt/backups/syncwatch' : 's3:https://s3.example/backups',
  reachable: true,
  trouble: null,
  bytes: 48_300_000_000,
  may_delete: name === 'near',
  ...more,
});

const summary = (more = {}) => ({
  loss_seconds: 40,
  recovery_seconds: 251,
  gone: [],
  unmeasured: [],
  away: [],
  ...more,
});

const outlook = (more = {}) => ({
  as_of: at(2000),
  plan_trouble: null,
  leader: 'node-1',
  summary: summary(),
  components: [
    bundle('config'),
    component('pg', {
      lag_seconds: 40,
      next_run: at(-15 * HOUR),
      recoverable: recoverable([30 * DAY, 21 * DAY], [20.4 * DAY, 0]),
    }),
    component('redis', {
      loss_seconds: 1260,
      promised_loss_seconds: 3600,
      recovery_seconds: 8,
      promised_recovery_seconds: 600,
      next_run: at(-39 * MINUTE),
      recoverable: recoverable(...hours),
    }),
    bundle('secrets', {
      state: 'ok',
      recovery_seconds: null,
      restored: null,
      restore_seconds: null,
    }),
    component('objects', {
      loss_seconds: 3,
      lag_seconds: 3,
      backed_up: null,
      restored: null,
      restore_seconds: null,
      recovery_seconds: null,
      promised_loss_seconds: 900,
      promised_recovery_seconds: 14_400,
    }),
  ],
  repositories: [place('near'), place('far')],
  ...more,
});

export const WELL = outlook();
export const POOR = outlook({
  leader: null,
  summary: summary({ loss_seconds: 187_000, gone: ['objects', 'secrets'], unmeasured: ['config'] }),
  components: [
    bundle('config', {
      state: 'unknown',
      reason: 'never_restored',
      restored: null,
      restore_seconds: null,
      recovery_seconds: null,
      command: 'syncwatch backup verify --level restore --component config',
    }),
    component('pg', {
      state: 'damaged',
      reason: 'damaged',
      detail: 'in near: its bytes are not those that were written',
      command: 'syncwatch backup run --component pg',
      lag_seconds: 40,
      recoverable: recoverable(
        [30 * DAY, 25 * DAY],
        [24 * DAY, 20 * DAY],
        [19 * DAY, 10 * DAY],
        [9 * DAY, 4 * DAY],
        [3 * DAY, 0],
      ),
    }),
    component('redis', {
      state: 'overdue',
      reason: 'overdue',
      overdue_since: at(2 * DAY),
      command: 'syncwatch backup run --component redis',
      loss_seconds: 187_000,
      promised_loss_seconds: 3600,
      next_run: at(2 * DAY),
      recoverable: recoverable([7 * DAY, 7 * DAY], [52 * HOUR, 52 * HOUR]),
    }),
    component('secrets', {
      state: 'not_planned',
      reason: 'not_planned',
      command: 'syncwatch plan lint',
      backed_up: null,
      verified: null,
      restored: null,
      restore_seconds: null,
      loss_seconds: null,
      promised_loss_seconds: null,
      promised_recovery_seconds: null,
      recovery_seconds: null,
    }),
    component('objects', {
      state: 'at_risk',
      reason: 'no_backup',
      loss_seconds: null,
      backed_up: null,
      verified: null,
      restored: null,
      restore_seconds: null,
      recovery_seconds: null,
      promised_loss_seconds: 900,
      promised_recovery_seconds: 14_400,
    }),
  ],
  repositories: [
    place('near'),
    place('far', { reachable: false, trouble: 'connect to s3.example: timed out', bytes: 0 }),
  ],
});
export const NOWHERE = outlook({ components: [], repositories: [], leader: null });
