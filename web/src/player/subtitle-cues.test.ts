import { describe, expect, it } from 'vitest';
import { CueStore, plainText } from './subtitle-cues';

const cue = (startSeconds: number, endSeconds: number, text: string) => ({
  startSeconds,
  endSeconds,
  text,
});

describe('CueStore', () => {
  const store = new CueStore();
  store.add([cue(5, 7, 'later'), cue(1, 3, 'first'), cue(2, 4, 'second speaker')]);

  it.each([
    ['shows a line from its start', 1, 0, ['first']],
    ['shows two speakers in order', 2.5, 0, ['first', 'second speaker']],
    ['hides a line at its end', 3, 0, ['second speaker']],
    ['shows nothing in between', 4.5, 0, []],
    ['shows lines later with an offset above zero', 6.5, 2, []],
    ['shows lines later with an offset above zero, then', 7, 2, ['later']],
    ['shows lines earlier with one below', 3, -2, ['later']],
  ])('%s', (_fact, at, offset, lines) => {
    expect(store.at(at, offset)).toEqual(lines);
  });

  it('has a line once, even if two segments carry it', () => {
    const twice = new CueStore();
    twice.add([cue(1, 3, 'hi')]);
    twice.add([cue(1, 3, 'hi'), cue(8, 9, '')]);
    expect(twice.at(2, 0)).toEqual(['hi']);
  });
});

describe('plainText', () => {
  it.each([
    ['<b>bold</b> and <i>thin</i>', 'bold and thin'],
    ['<v Ada>Hello</v>', 'Hello'],
    ['a &lt;b&gt; &amp; c', 'a <b> & c'],
    ['&amp;lt;', '&lt;'],
    ['two\nlines', 'two\nlines'],
  ])('%s', (markup, text) => {
    expect(plainText(markup)).toBe(text);
  });
});
