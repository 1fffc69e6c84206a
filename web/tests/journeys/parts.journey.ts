/** Every part of an installation, broken in every way in which it can break: the film goes on. */
import { films } from './harness/films';
import { journey } from './harness/journey';
import { comesBack, goesOn, obeysAfter, threeWatch } from './harness/production';

const DONE = { kill: 'was killed', hang: 'hangs', cut: 'is cut off' } as const;
type Way = keyof typeof DONE;
const WAYS = ['kill', 'hang', 'cut'] as const;

interface Kind {
  readonly kind: string;
  /** Which of several, by what `syncwatch lab status` says of it. */
  readonly remark?: string;
  readonly ways?: readonly Way[];
}

const KINDS: readonly Kind[] = [
  { kind: 'node' },
  { kind: 'worker' },
  { kind: 'redis', remark: 'master' },
  { kind: 'sentinel' },
  { kind: 'pg', remark: 'primary' },
  { kind: 'etcd' },
  { kind: 's3' },
  // What speaks UDP has no door that could be shut.
  { kind: 'turn', ways: ['kill', 'hang'] },
];

/** Where everybody is taken next: each time further than players have fetched. */
function* places(): Generator<number, never> {
  for (;;) yield* [0.7, 0.4, 0.1];
}

for (const { kind, remark = '', ways = WAYS } of KINDS) {
  journey(
    `a ${kind} is broken in every way while three nodes serve a room`,
    async (stage) => {
      const room = await threeWatch(stage, films.bunny480);
      const next = places();
      for (const way of ways) {
        const part = await room.lab.find(kind, remark);
        const what = `${part} ${DONE[way]}`;
        await goesOn(what, (lab) => lab[way](part), room, next.next().value);
        await goesOn(`${part} is back`, (lab) => lab.heal(part), room, next.next().value);
      }
    },
    { nodes: 3, long: true },
  );
}

journey(
  'somebody presses pause right after a part was killed',
  async (stage) => {
    const room = await threeWatch(stage, films.bunny480);
    for (const { kind, remark = '' } of KINDS.slice(0, 5)) {
      const part = await room.lab.find(kind, remark);
      await obeysAfter(`${part} was killed`, (lab) => lab.kill(part), room);
      await room.lab.heal(part);
    }
  },
  { nodes: 3, long: true },
);

journey(
  'all nodes are broken at once, and then everything there is',
  async (stage) => {
    const room = await threeWatch(stage, films.bunny480);
    const nodes = await room.lab.parts('node-');
    const all = (way: Way, parts: readonly string[]) => async (): Promise<void> => {
      for (const part of parts) await room.lab[way](part);
    };
    for (const way of WAYS) await comesBack(`every node ${DONE[way]}`, all(way, nodes), room);
    const everything = await room.lab.parts();
    await comesBack('everything was killed', all('kill', everything), room);
  },
  { nodes: 3, long: true },
);
