import { describe, expect, it } from 'vitest';
import { recovery, type Recovery, type RecoveryComponent } from '../../api/recovery';
import { en } from '../../i18n/en';
import {
  backOf,
  besides,
  holeWords,
  holesIn,
  inOrder,
  levelOf,
  lossOf,
  nextOf,
  overallOf,
  piecesOf,
  sentenceOf,
  whyOf,
  windowWords,
} from './recovery-words';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function one(changes: Partial<RecoveryComponent> = {}): RecoveryComponent {
  return {
    component: 'pg',
    state: 'ok',
    reason: 'none',
    detail: null,
    command: null,
    backed_up: NOW - 10 * MINUTE,
    verified: NOW - DAY,
    restored: NOW - DAY,
    restore_seconds: 12,
    lag_seconds: null,
    loss_seconds: 40,
    promised_loss_seconds: 86_400,
    recovery_seconds: 240,
    promised_recovery_seconds: 1800,
    recoverable: null,
    on_change: false,
    next_run: null,
    overdue_since: null,
    ...changes,
  };
}

const summary = {
  loss_seconds: 40,
  recovery_seconds: 240,
  gone: [],
  unmeasured: [],
  away: [],
} as const;

function all(changes: Partial<Recovery> = {}): Recovery {
  return {
    as_of: NOW,
    plan_trouble: null,
    leader: 'node-a',
    summary,
    components: [one()],
    repositories: [],
    ...changes,
  };
}

/** Windows by the minutes of their ends before now. */
function reaching(...ends: readonly (readonly [number, number])[]) {
  const windows = ends.map(([from, to]) => ({ from: NOW - from * MINUTE, to: NOW - to * MINUTE }));
  return {
    from: windows[0]?.from ?? NOW,
    to: windows.at(-1)?.to ?? NOW,
    count: windows.length,
    windows,
  };
}

describe('the sentence', () => {
  it.each([
    [
      {},
      'If everything failed now, you would lose at most 40 seconds, and be back in about 4 minutes.',
    ],
    [
      { loss_seconds: 0 },
      'If everything failed now, you would lose nothing, and be back in about 4 minutes.',
    ],
    [{ recovery_seconds: null }, 'If everything failed now, you would lose at most 40 seconds.'],
    [{ loss_seconds: null }, en.recovery.wouldLoseAll],
    [{ gone: ['objects'] }, en.recovery.wouldNotAllComeBack],
    [{ loss_seconds: null, away: ['pg'] }, en.recovery.nobodyCanSay],
  ])('with %j', (changes, words) => {
    expect(sentenceOf({ ...summary, ...changes })).toBe(words);
  });

  it('leaves out what would be gone, and what nobody knows, which is said beside it', () => {
    expect(besides(summary)).toEqual([]);
    const said = besides({
      ...summary,
      gone: ['objects', 'secrets'],
      unmeasured: ['sqlite'],
      away: ['redis'],
    });
    expect(said).toEqual([
      'Gone altogether: Films and pictures and Secrets.',
      'Of the rest you would lose at most 40 seconds, and it would be back in about 4 minutes.',
      'Not known now: Redis.',
      'No test has shown yet how long it takes: Database.',
    ]);
  });
});

describe('a component', () => {
  it.each([
    ['ok', 'ok'],
    ['unknown', 'unknown'],
    ['not_planned', 'unknown'],
    ['at_risk', 'poor'],
    ['overdue', 'poor'],
    ['damaged', 'poor'],
  ] as const)('that is %s is %s', (state, level) => {
    expect(levelOf(state)).toBe(level);
  });

  it.each([
    ['none', {}, null],
    ['damaged', {}, en.recovery.why.damaged],
    ['overdue', { overdue_since: NOW - 2 * DAY }, en.recovery.why.overdue('2 days ago')],
    ['no_backup', {}, en.recovery.why.noBackup],
    ['no_backup', { component: 'objects' }, en.recovery.why.oneStore],
    [
      'loses_too_much',
      { loss_seconds: 172_800 },
      '2 days would be lost. The plan promises 1 day at most.',
    ],
    [
      'takes_too_long',
      { recovery_seconds: 3000 },
      'It would take 50 minutes. The plan promises 30 minutes at most.',
    ],
    ['not_planned', {}, en.recovery.why.notPlanned],
    ['not_planned', { component: 'secrets' }, en.recovery.why.nobodyOpens],
    ['never_restored', {}, en.recovery.why.neverRestored],
    ['away', {}, en.recovery.why.away],
    ['something_new', { detail: 'In its own words' }, 'In its own words'],
  ])('%s %j is said', (reason, changes, words) => {
    expect(whyOf(one({ reason, ...changes }), NOW)).toBe(words);
  });

  it.each([
    [{}, '40 seconds', 'About 4 minutes', en.recovery.notAtAll],
    [
      { loss_seconds: 0, lag_seconds: 0 },
      en.recovery.lostNothing,
      'About 4 minutes',
      en.recovery.always,
    ],
    [
      { on_change: true, recovery_seconds: null },
      en.recovery.lostChanges,
      en.recovery.notMeasured,
      en.recovery.onChange,
    ],
    [
      { component: 'objects', recovery_seconds: null },
      '40 seconds',
      en.recovery.atOnce,
      en.recovery.notAtAll,
    ],
    [
      { component: 'objects', loss_seconds: null, recovery_seconds: null },
      en.recovery.lostAll,
      en.recovery.backNever,
      en.recovery.notAtAll,
    ],
    [
      { reason: 'away', loss_seconds: null },
      en.recovery.notKnown,
      en.recovery.notKnown,
      en.recovery.notAtAll,
    ],
  ])('%j loses, takes and waits', (changes, loss, back, next) => {
    const shown = one(changes);
    expect([lossOf(shown), backOf(shown), nextOf(shown)]).toEqual([loss, back, next]);
  });

  it('keeps its place, and one of a newer server comes last', () => {
    const shown = ['new', 'secrets', 'objects', 'sqlite'].map((component) => one({ component }));
    expect(inOrder(shown).map(({ component }) => component)).toEqual([
      'sqlite',
      'objects',
      'secrets',
      'new',
    ]);
  });
});

it('is as well as the worst of all', () => {
  expect(overallOf(all())).toBe('ok');
  expect(overallOf(all({ components: [one(), one({ state: 'not_planned' })] }))).toBe('unknown');
  expect(
    overallOf(all({ components: [one({ state: 'unknown' }), one({ state: 'overdue' })] })),
  ).toBe('poor');
  const place = { name: 'far', place: 's3:', trouble: 'x', bytes: 0, may_delete: true };
  expect(overallOf(all({ repositories: [{ ...place, reachable: false }] }))).toBe('poor');
});

describe('what can be brought back', () => {
  it('is a bar that ends now, with its holes', () => {
    const shown = reaching([100, 60], [50, 0]);
    const pieces = piecesOf(shown, NOW);
    expect(pieces).toHaveLength(2);
    expect(pieces[0]?.at).toBe(0);
    expect(pieces[0]?.width).toBeCloseTo(0.4);
    expect(pieces[1]?.at).toBeCloseTo(0.5);
    expect(pieces[1]?.width).toBeCloseTo(0.5);
    expect(holesIn(shown)).toEqual([{ from: NOW - 60 * MINUTE, to: NOW - 50 * MINUTE }]);
    expect(windowWords(shown, NOW)).toBe('Any moment from 2 hours ago to now, with 1 hole');
    expect(holeWords(shown)).toHaveLength(1);
  });

  it('is moments where nothing follows the backups, and these have no holes', () => {
    const shown = reaching([120, 120], [60, 60]);
    expect(windowWords(shown, NOW)).toBe('2 moments from 2 hours ago to 1 hour ago');
    expect(holesIn(shown)).toEqual([]);
    expect(windowWords(reaching([60, 60]), NOW)).toBe('One moment, 1 hour ago');
  });

  it('says the newest holes and counts the others', () => {
    const shown = reaching([90, 80], [70, 60], [50, 40], [30, 20], [10, 0]);
    const words = holeWords(shown, 2);
    expect(words).toHaveLength(3);
    expect(words.at(-1)).toBe('and 2 holes more, see backup list');
  });

  it('never leaves the bar, whatever the clocks say', () => {
    const [piece] = piecesOf(reaching([10, -10]), NOW);
    expect(piece).toEqual({ at: 0, width: 1 });
  });
});

describe('the answer of the server', () => {
  const body = {
    as_of: '2026-11-30T12:00:00.000Z',
    plan_trouble: null,
    leader: null,
    summary,
    components: [],
    repositories: [],
  };

  it('has its times as instants', () => {
    expect(recovery(body, '')).toEqual(all({ leader: null, components: [] }));
  });

  it('is refused where a time is none', () => {
    expect(() => recovery({ ...body, as_of: 'yesterday' }, '')).toThrow('a time');
  });
});
