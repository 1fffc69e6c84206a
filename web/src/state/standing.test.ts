import { beforeEach, describe, expect, it } from 'vitest';
import { FakePlayer } from '../player/fake-player';
import { Standing } from './standing';

describe('a picture that stands', () => {
  let player: FakePlayer;
  let standing: Standing;
  const seeks = (): number => player.calls.filter(({ call }) => call === 'seek').length;
  const place = (seconds: number): void => {
    standing.place(player, seconds);
    finish();
  };
  let tasks: (() => void)[] = [];
  const finish = (): void => {
    for (const task of tasks.splice(0)) task();
  };

  beforeEach(() => {
    tasks = [];
    player = new FakePlayer({
      nowMs: () => 0,
      chance: () => 0.5,
      after: (_ms, task) => {
        tasks.push(task);
        return () => undefined;
      },
    });
    standing = new Standing();
    standing.follow('1');
  });

  it('moves a picture that stands elsewhere, and leaves alone one that is there', () => {
    place(0);
    expect(seeks()).toBe(0);
    place(3);
    expect(seeks()).toBe(1);
  });

  it('puts a film that ran even where its clock already stands', () => {
    standing.leave('2');
    place(0);
    expect(seeks()).toBe(1);
  });
});
