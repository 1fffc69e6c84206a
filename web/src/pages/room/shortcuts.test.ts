import { describe, expect, it } from 'vitest';
import { shortcutOf, type KeyPress } from './shortcuts';

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  chorded: false,
  focus: 'free',
  repeated: false,
  ...change,
});

describe('keys in a room', () => {
  it.each([
    [' ', { kind: 'play_pause' }],
    ['K', { kind: 'play_pause' }],
    ['ArrowRight', { kind: 'seek_by', seconds: 5 }],
    ['j', { kind: 'seek_by', seconds: -10 }],
    [',', { kind: 'frame', step: -1 }],
    ['3', { kind: 'react', index: 2 }],
    ['?', { kind: 'sheet' }],
    ['0', null],
    ['x', null],
    ['Tab', null],
  ])('%j', (key, shortcut) => {
    expect(shortcutOf(press(key))).toEqual(shortcut);
  });

  it.each([' ', 'k', '1', '?', 'ArrowLeft'])('%j is never stolen from who types', (key) => {
    expect(shortcutOf(press(key, { focus: 'typing' }))).toBeNull();
  });

  it('leaves the browser its own', () => {
    expect(shortcutOf(press('f', { chorded: true }))).toBeNull();
  });

  it('leaves buttons the space and sliders the arrows', () => {
    expect(shortcutOf(press(' ', { focus: 'pressable' }))).toBeNull();
    expect(shortcutOf(press('ArrowUp', { focus: 'steering' }))).toBeNull();
    expect(shortcutOf(press('ArrowUp', { focus: 'pressable' }))).toEqual({
      kind: 'volume',
      step: 1,
    });
    expect(shortcutOf(press('m', { focus: 'steering' }))).toEqual({ kind: 'mute' });
  });

  it('repeats steps, not switches', () => {
    expect(shortcutOf(press('l', { repeated: true }))).not.toBeNull();
    expect(shortcutOf(press('f', { repeated: true }))).toBeNull();
  });
});
