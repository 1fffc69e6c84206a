import { describe, expect, it } from 'vitest';
import { judgeFile, titleOf } from './film-files';

describe('a file', () => {
  it.each([
    [{ name: 'a.mp4', type: 'video/mp4', size: 9 }, 'film'],
    [{ name: 'a.MKV', type: '', size: 9 }, 'film'],
    [{ name: 'recording', type: '', size: 9 }, 'film'],
    [{ name: 'a.txt', type: 'text/plain', size: 9 }, 'not_a_film'],
    [{ name: 'a.srt', type: '', size: 9 }, 'not_a_film'],
    [{ name: 'a.mp4', type: 'video/mp4', size: 0 }, 'empty'],
    [{ name: 'a.mp4', type: 'video/mp4', size: 101 }, 'too_large'],
  ] as const)('%j is %s', (file, verdict) => {
    expect(judgeFile(file, 100)).toBe(verdict);
  });

  it.each([
    ['Big.Buck_Bunny.mkv', 'Big Buck Bunny'],
    ['Holiday 2.0 final.mov', 'Holiday 2.0 final'],
    ['.mp4', '.mp4'],
  ])('%j is called %j', (name, title) => {
    expect(titleOf(name)).toBe(title);
  });
});
