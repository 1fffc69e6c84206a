import { describe, expect, it } from 'vitest';
import { decodeText, pictureAt, readScrubPictures, readSubtitles } from './vtt';

describe('subtitles', () => {
  it('are read from WebVTT', () => {
    const text =
      'WEBVTT\n\nNOTE made by hand\n\nSTYLE\n::cue{}\n\nintro\n00:01.000 --> 00:02.500 line:0\n<i>Hello</i>\nyou\n';
    expect(readSubtitles(text)).toEqual([{ startSeconds: 1, endSeconds: 2.5, text: 'Hello\nyou' }]);
  });

  it('are read from SRT with the ends of lines of Windows', () => {
    const text =
      '\uFEFF1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}One\r\n\r\n2\r\n01:00:00,5 --> 01:00:01,75\r\nTwo\r\n';
    expect(readSubtitles(text)).toEqual([
      { startSeconds: 1, endSeconds: 2, text: 'One' },
      { startSeconds: 3600.5, endSeconds: 3601.75, text: 'Two' },
    ]);
  });

  it('are none where there are none', () => {
    expect(readSubtitles('Dear diary,\n\ntoday --> nothing')).toEqual([]);
    expect(readSubtitles('00:00:05,000 --> 00:00:04,000\nbackwards')).toEqual([]);
  });

  it.each([
    ['UTF-8', new TextEncoder().encode('é'), 'é'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0xe9, 0]), 'é'],
    ['Windows', new Uint8Array([0xe9]), 'é'],
  ])('are decoded from %s', (_name, bytes, text) => {
    expect(decodeText(bytes.slice().buffer)).toBe(text);
  });
});

describe('scrub pictures', () => {
  const pictures = readScrubPictures(
    'WEBVTT\n\n00:00.000 --> 00:10.000\nsprite.jpg#xywh=0,0,160,90\n\n00:10.000 --> 00:20.000\nsprite.jpg#xywh=160,0,160,90\n',
    'http://h/media/T/V/sprite.vtt',
  );

  it('are found by their time', () => {
    expect(pictureAt(pictures, 12)).toMatchObject({
      url: 'http://h/media/T/V/sprite.jpg',
      x: 160,
    });
    expect(pictureAt(pictures, 0)?.x).toBe(0);
  });

  it('end where the film is not made yet', () => {
    expect(pictureAt(pictures, 60)).toBeNull();
    expect(pictureAt([], 0)).toBeNull();
  });
});
