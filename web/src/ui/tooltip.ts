/** Words for a button that shows only an icon: after a moment under the pointer, or with focus. */
import type { Attachment } from 'svelte/attachments';
import { place } from './place';

const DELAY_MS = 450;

let bubble: HTMLElement | null = null;
let owner: HTMLElement | null = null;
let timer = 0;

function show(anchor: HTMLElement, words: string, keys: string | undefined): void {
  bubble ??= document.createElement('div');
  bubble.className = 'tooltip';
  // The top layer, so that it shows over dialogs and in fullscreen.
  bubble.popover = 'manual';
  // The button's own label says the same to a screen reader.
  bubble.setAttribute('aria-hidden', 'true');
  bubble.textContent = words;
  if (keys !== undefined) {
    const hint = document.createElement('kbd');
    hint.textContent = keys;
    bubble.append(hint);
  }
  const home = anchor.closest('dialog') ?? document.fullscreenElement ?? document.body;
  if (bubble.parentElement !== home) home.append(bubble);
  bubble.showPopover();
  place(bubble, anchor, 'above-middle');
  owner = anchor;
}

function hide(anchor: HTMLElement): void {
  clearTimeout(timer);
  if (owner !== anchor) return;
  owner = null;
  if (bubble?.isConnected === true) bubble.hidePopover();
}

export function tooltip(words: string, keys?: string): Attachment<HTMLElement> {
  return (anchor) => {
    const stop = new AbortController();
    const { signal } = stop;
    const later = (event: PointerEvent): void => {
      if (event.pointerType === 'touch') return;
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        if (anchor.isConnected) show(anchor, words, keys);
      }, DELAY_MS);
    };
    const focused = (): void => {
      if (anchor.matches(':focus-visible')) show(anchor, words, keys);
    };
    const away = (): void => {
      hide(anchor);
    };
    anchor.addEventListener('pointerenter', later, { signal });
    anchor.addEventListener('focus', focused, { signal });
    for (const name of ['pointerleave', 'blur', 'click', 'keydown'] as const) {
      anchor.addEventListener(name, away, { signal });
    }
    return () => {
      away();
      stop.abort();
    };
  };
}
