const of = (count: number, one: string, more: string): string =>
  `${String(count)} ${count === 1 ? one : more}`;

export const recovery = {
  title: 'Recovery',
  server: 'Server',
  pages: 'Pages for admins',
  asOf: (when: string): string => `As of ${when}`,
  notRefreshed: (when: string): string => `Not reached since then. As of ${when}`,
  leader: (node: string): string => `${node} makes the backups`,
  noLeader: 'No node makes backups at the moment',

  /** What everything comes to. */
  overall: {
    ok: 'All is well',
    unknown: 'Not everything is known yet',
    poor: 'Something needs attention',
  },
  wouldLose: (loss: string, back: string | null): string =>
    back === null
      ? `If everything failed now, you would lose at most ${loss}.`
      : `If everything failed now, you would lose at most ${loss}, and be back in about ${back}.`,
  wouldLoseNothing: (back: string | null): string =>
    back === null
      ? 'If everything failed now, you would lose nothing.'
      : `If everything failed now, you would lose nothing, and be back in about ${back}.`,
  /** Some of it would be gone altogether; that is said beside it. */
  wouldNotAllComeBack: 'If everything failed now, not all of it would come back.',
  restLoses: (loss: string, back: string | null): string =>
    back === null
      ? `Of the rest you would lose at most ${loss}.`
      : `Of the rest you would lose at most ${loss}, and it would be back in about ${back}.`,
  wouldLoseAll: 'If everything failed now, everything would be gone.',
  nobodyCanSay: 'Nobody can say now what would be lost: the places for backups do not answer.',
  gone: (names: string): string => `Gone altogether: ${names}.`,
  unmeasured: (names: string): string => `No test has shown yet how long it takes: ${names}.`,
  away: (names: string): string => `Not known now: ${names}.`,

  component: {
    sqlite: 'Database',
    pg: 'Database',
    redis: 'Redis',
    objects: 'Films and pictures',
    config: 'Settings',
    secrets: 'Secrets',
  },
  state: {
    ok: 'Well',
    unknown: 'Not known',
    not_planned: 'Not backed up',
    at_risk: 'At risk',
    overdue: 'Overdue',
    damaged: 'Damaged',
  },
  why: {
    damaged: 'The last look at one of its backups found damage.',
    overdue: (since: string): string => `A backup was due ${since} and was not begun.`,
    noBackup: 'There is no backup of it.',
    oneStore: 'There is one copy only. A second store (objects.second) would keep another.',
    losesTooMuch: (loss: string, promised: string): string =>
      `${loss} would be lost. The plan promises ${promised} at most.`,
    takesTooLong: (time: string, promised: string): string =>
      `It would take ${time}. The plan promises ${promised} at most.`,
    notPlanned: 'Nothing backs it up.',
    nobodyOpens: 'The plan names no key that could open a backup of them ([escrow] recipients).',
    neverRestored: 'It was never brought back in a test.',
    away: 'What is known of its backups does not answer now.',
  },

  lost: 'Lost if it failed now',
  lostAll: 'All of it',
  lostNothing: 'Nothing',
  lostChanges: 'What changed since the last backup',
  atMost: (span: string): string => `${span} promised`,
  back: 'Back in',
  about: (span: string): string => `About ${span}`,
  atOnce: 'At once, from the other store',
  backNever: 'Not at all',
  notKnown: 'Not known now',
  notMeasured: 'Not measured yet',
  backedUp: 'Last backup',
  verified: 'Last checked',
  restored: 'Last test of a restore',
  took: (span: string): string => `took ${span}`,
  next: 'Next backup',
  never: 'Never',
  onChange: 'When something changes',
  always: 'All the time',
  behind: (span: string): string => `${span} behind`,
  dueNow: 'Due now',
  notAtAll: 'None planned',

  window: 'What can be brought back',
  windowNone: 'Nothing yet',
  anyMoment: (from: string, to: string): string => `Any moment from ${from} to ${to}`,
  moments: (count: number, from: string, to: string): string =>
    count === 1 ? `One moment, ${to}` : `${String(count)} moments from ${from} to ${to}`,
  holes: (count: number): string => `with ${of(count, 'hole', 'holes')}`,
  hole: (from: string, to: string): string => `Nothing between ${from} and ${to}`,
  moreHoles: (count: number): string => `and ${of(count, 'hole', 'holes')} more, see backup list`,
  now: 'now',

  next_step: 'To type next',
  copyCommand: 'Copy the command',
  commandCopied: 'Command copied',

  places: 'Places for backups',
  place: { near: 'Near', far: 'Far' },
  reachable: 'Answers',
  unreachable: 'Does not answer',
  holds: (bytes: string): string => `${bytes} of backups`,
  mayDelete: 'Old backups are removed here',
  mayNotDelete: 'Nothing can be deleted from here',

  loadingWords: 'Looking at the backups',
  failedTitle: 'The backups could not be looked at',
  emptyTitle: 'There is no place for backups yet',
  emptyText:
    'Until the plan names one, nothing is backed up: if this machine is lost, everything is gone.',
  emptyPlan: 'Write the plan into a file, which recovery.plan names:',
  emptyPlace: 'Name a folder on another disk, or a bucket, in it:',
  emptyRestart: 'Restart the server, and look here again.',
  badPlan: 'The plan cannot be read.',
};
