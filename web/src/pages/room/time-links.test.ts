import { describe, expect, it } from 'vitest';
import { isEmojiOnly, partsOf } from './time-links';

const short = (text: string, duration = 7200): unknown =>
  partsOf(text, duration).map((part) =>
    part.kind === 'time'
      ? [part.text, part.seconds]
      : part.kind === 'link'
        ? [part.href]
        : part.text,
  );

describe('what people write', () => {
  it.each([
    ['look at 12:34!', ['look at ', ['12:34', 754], '!']],
    ['1:02:03', [['1:02:03', 3723]]],
    ['from 0:10 to 0:20.', ['from ', ['0:10', 10], ' to ', ['0:20', 20], '.']],
    ['99:99 is none', ['99:99 is none']],
    ['3:2 format', ['3:2 format']],
    ['on 2024-10:20-11', ['on 2024-10:20-11']],
    ['ratio 1:20:3', ['ratio 1:20:3']],
    ['5:00:00 is too late', ['5:00:00 is too late']],
    [
      'see https://films.example/a(b)?t=1:20, ok',
      ['see ', ['https://films.example/a(b)?t=1:20'], ', ok'],
    ],
    ['javascript:alert(1)', ['javascript:alert(1)']],
    ['', []],
  ])('%j', (text, parts) => {
    expect(short(text)).toEqual(parts);
  });

  it('takes any time while nobody knows how long the film is', () => {
    expect(short('9:59:59', 0)).toEqual([['9:59:59', 35_999]]);
  });

  it.each([
    ['🔥', true],
    ['👩‍🚀👍🏽', true],
    ['❤️ ❤️', true],
    ['🇩🇪', true],
    ['🔥 hot', false],
    ['12', false],
    ['', false],
    ['🔥🔥🔥🔥', false],
  ])('%j alone: %s', (text, alone) => {
    expect(isEmojiOnly(text)).toBe(alone);
  });
});
