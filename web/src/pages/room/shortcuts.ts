/** What a key means in a room. Pure: the event is described by values. */

export type Shortcut =
  | { readonly kind: 'play_pause' }
  | { readonly kind: 'seek_by'; readonly seconds: number }
  | { readonly kind: 'frame'; readonly step: 1 | -1 }
  | { readonly kind: 'volume'; readonly step: 1 | -1 }
  | { readonly kind: 'mute' }
  | { readonly kind: 'subtitles' }
  | { readonly kind: 'fullscreen' }
  | { readonly kind: 'theatre' }
  | { readonly kind: 'pip' }
  | { readonly kind: 'chat' }
  | { readonly kind: 'react'; readonly index: number }
  | { readonly kind: 'sheet' };

/** Where the focus is, as far as keys are concerned. */
export type Focus =
  /** Somebody types: every key is theirs. */
  | 'typing'
  /** A button or link: it takes space and enter. */
  | 'pressable'
  /** A slider, a tab, a menu: it takes the arrows, space and enter. */
  | 'steering'
  | 'free';

export interface KeyPress {
  readonly key: string;
  /** Ctrl, Meta or Alt: belongs to the browser. */
  readonly chorded: boolean;
  readonly focus: Focus;
  /** Held down: only what may be repeated. */
  readonly repeated: boolean;
}

const ARROWS: Readonly<Record<string, Shortcut>> = {
  ArrowLeft: { kind: 'seek_by', seconds: -5 },
  ArrowRight: { kind: 'seek_by', seconds: 5 },
  ArrowUp: { kind: 'volume', step: 1 },
  ArrowDown: { kind: 'volume', step: -1 },
};

const LETTERS: Readonly<Record<string, Shortcut>> = {
  k: { kind: 'play_pause' },
  j: { kind: 'seek_by', seconds: -10 },
  l: { kind: 'seek_by', seconds: 10 },
  ',': { kind: 'frame', step: -1 },
  '.': { kind: 'frame', step: 1 },
  m: { kind: 'mute' },
  s: { kind: 'subtitles' },
  f: { kind: 'fullscreen' },
  t: { kind: 'theatre' },
  i: { kind: 'pip' },
  c: { kind: 'chat' },
  '?': { kind: 'sheet' },
};

const REPEATABLE = new Set(['seek_by', 'frame', 'volume']);

function meaning({ key, focus }: KeyPress): Shortcut | null {
  if (key === ' ' || key === 'Spacebar') return focus === 'free' ? { kind: 'play_pause' } : null;
  const arrow = ARROWS[key];
  if (arrow !== undefined) return focus === 'steering' ? null : arrow;
  if (/^[1-9]$/.test(key)) return { kind: 'react', index: Number(key) - 1 };
  return LETTERS[key.toLowerCase()] ?? null;
}

export function shortcutOf(press: KeyPress): Shortcut | null {
  if (press.chorded || press.focus === 'typing') return null;
  const found = meaning(press);
  if (found === null || (press.repeated && !REPEATABLE.has(found.kind))) return null;
  return found;
}

const TYPING =
  'textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type=range], [type=checkbox], [type=radio], [type=button])';
const STEERING =
  'input[type=range], input[type=radio], [role=slider], [role=tab], [role^=menuitem], [role=option], [role=menu]';
const PRESSABLE = 'button, a[href], summary, input[type=checkbox], label';

export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof Element)) return 'free';
  if (target.closest(TYPING) !== null) return 'typing';
  if (target.closest(STEERING) !== null) return 'steering';
  return target.closest(PRESSABLE) === null ? 'free' : 'pressable';
}
