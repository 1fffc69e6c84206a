// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import SeekBar from './SeekBar.svelte';

let shown: ReturnType<typeof mount> | null = null;

function show(change: Record<string, unknown> = {}): {
  bar: HTMLElement;
  onseek: ReturnType<typeof vi.fn>;
  onrefused: ReturnType<typeof vi.fn>;
} {
  const onseek = vi.fn();
  const onrefused = vi.fn();
  const props = {
    positionSeconds: 60,
    durationSeconds: 600,
    playableUntilSeconds: 600,
    buffered: [{ startSeconds: 50, endSeconds: 90 }],
    faces: [],
    marks: [],
    sprite: null,
    pending: false,
    disabled: false,
    onseek,
    onrefused,
    ...change,
  };
  shown = mount(SeekBar, { target: document.body, props });
  flushSync();
  const bar = document.querySelector<HTMLElement>('[role=slider]');
  if (bar === null) throw new Error('no slider');
  return { bar, onseek, onrefused };
}

function press(bar: HTMLElement, key: string): void {
  bar.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  flushSync();
}

afterEach(async () => {
  if (shown !== null) await unmount(shown);
  shown = null;
});

describe('the seek bar', () => {
  it('says where the film is, in words', () => {
    const { bar } = show();
    expect(bar.getAttribute('aria-valuetext')).toBe('1:00 of 10:00');
    expect(bar.getAttribute('aria-valuenow')).toBe('60');
  });

  it('asks to go where a key says, and goes on from there with the next', () => {
    const { bar, onseek } = show();
    press(bar, 'ArrowRight');
    press(bar, 'ArrowRight');
    press(bar, 'Tab');
    expect(onseek.mock.calls).toEqual([[65], [70]]);
  });

  it('goes no further than the film is made', () => {
    const { bar, onseek } = show({ playableUntilSeconds: 120 });
    press(bar, 'End');
    expect(onseek).toHaveBeenCalledWith(120);
  });

  it('tells who may not that they may not', () => {
    const { bar, onseek, onrefused } = show({ disabled: true });
    press(bar, 'ArrowLeft');
    expect(bar.getAttribute('aria-disabled')).toBe('true');
    expect(onseek).not.toHaveBeenCalled();
    expect(onrefused).toHaveBeenCalledWith(55);
  });
});
