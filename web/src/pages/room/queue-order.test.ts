import { describe, expect, it } from 'vitest';
import { beforeAfterStep, dropBefore, movedOrder } from './queue-order';

const IDS = ['a', 'b', 'c'];

describe('the order of the queue', () => {
  it.each([
    ['b', -1, 'a'],
    ['b', 1, null],
    ['a', 1, 'c'],
    ['a', -1, undefined],
    ['c', 1, undefined],
    ['x', 1, undefined],
  ] as const)('%s by %i goes before %s', (item, step, before) => {
    expect(beforeAfterStep(IDS, item, step)).toBe(before);
  });

  it.each([
    ['a', null, 'bca'],
    ['c', 'a', 'cab'],
    ['b', 'b', 'abc'],
    ['b', 'c', 'abc'],
    ['b', 'gone', 'abc'],
  ] as const)('%s dropped before %s makes %s', (item, before, order) => {
    expect(movedOrder(IDS, item, before).join('')).toBe(order);
  });

  it('drops by the middles of the rows', () => {
    const rows = IDS.map((id, index) => ({ id, top: index * 50, height: 50 }));
    expect(dropBefore(rows, 10)).toBe('a');
    expect(dropBefore(rows, 30)).toBe('b');
    expect(dropBefore(rows, 500)).toBeNull();
  });
});
