// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import MenuList from './MenuList.svelte';
import Tabs from './Tabs.svelte';

let shown: ReturnType<typeof mount> | null = null;

afterEach(async () => {
  if (shown !== null) await unmount(shown);
  shown = null;
});

function press(key: string): void {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
  document.activeElement?.dispatchEvent(event);
  flushSync();
}

describe('tabs', () => {
  it('are walked through by the arrows, round and round', () => {
    const onselect = vi.fn();
    const tabs = ['a', 'b', 'c'].map((id) => ({ id, label: id }));
    const props = { label: 'Tabs', tabs, selected: 'a', prefix: 'x', onselect };
    shown = mount(Tabs, { target: document.body, props });
    document.querySelector<HTMLElement>('#x-tab-a')?.focus();
    press('ArrowLeft');
    press('ArrowRight');
    press('End');
    press('x');
    expect(onselect.mock.calls).toEqual([['c'], ['b'], ['c']]);
  });
});

describe('a menu', () => {
  it('is walked through by the arrows and does what is chosen, but not what is disabled', () => {
    const calls: string[] = [];
    const choice = (label: string, disabled = false) =>
      ({ kind: 'choice', label, disabled, onselect: () => calls.push(label) }) as const;
    const entries = [
      choice('one'),
      { kind: 'line' } as const,
      choice('two', true),
      choice('three'),
    ];
    const onclose = vi.fn();
    shown = mount(MenuList, { target: document.body, props: { entries, onclose } });
    flushSync();
    const items = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')];
    items[0]?.focus();
    press('ArrowUp');
    expect(document.activeElement).toBe(items[2]);
    press('ArrowDown');
    expect(document.activeElement).toBe(items[0]);
    items[1]?.click();
    items[2]?.click();
    expect(calls).toEqual(['three']);
    expect(onclose).toHaveBeenCalledTimes(1);
  });
});
