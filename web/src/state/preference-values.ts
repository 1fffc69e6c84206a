/** The remembered choices and how they are read: each by itself, so that one bad one harms none. */

export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

export const SUBTITLE_SIZES = ['s', 'm', 'l'] as const;
export type SubtitleSize = (typeof SUBTITLE_SIZES)[number];

export interface VisitedRoom {
  readonly code: string;
  readonly name: string;
  /** ms since the Unix epoch. */
  readonly atMs: number;
}

export interface PreferenceValues {
  readonly theme: Theme;
  readonly volume: number;
  readonly muted: boolean;
  readonly guestName: string;
  readonly subtitleSize: SubtitleSize;
  /** The language of subtitles that were last switched on; null: they are off. */
  readonly subtitleLanguage: string | null;
  readonly railFolded: boolean;
  readonly recentEmoji: readonly string[];
  /** The latest first. */
  readonly visited: readonly VisitedRoom[];
}

const MOST_VISITED = 12;

const DEFAULTS: PreferenceValues = {
  theme: 'system',
  volume: 1,
  muted: false,
  guestName: '',
  subtitleSize: 'm',
  subtitleLanguage: null,
  railFolded: false,
  recentEmoji: [],
  visited: [],
};

type Checks = { readonly [K in keyof PreferenceValues]: (value: unknown) => boolean };

const isText = (value: unknown): value is string => typeof value === 'string';

function isVisit(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code, name, atMs } = value as Partial<Record<keyof VisitedRoom, unknown>>;
  return isText(code) && isText(name) && typeof atMs === 'number';
}

const CHECKS: Checks = {
  theme: (value) => THEMES.some((one) => one === value),
  volume: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  muted: (value) => typeof value === 'boolean',
  guestName: isText,
  subtitleSize: (value) => SUBTITLE_SIZES.some((one) => one === value),
  subtitleLanguage: (value) => value === null || isText(value),
  railFolded: (value) => typeof value === 'boolean',
  recentEmoji: (value) => Array.isArray(value) && value.every(isText),
  visited: (value) => Array.isArray(value) && value.every(isVisit),
};

export function readPreferences(stored: string | null): PreferenceValues {
  let found: unknown = null;
  try {
    found = stored === null ? null : JSON.parse(stored);
  } catch {
    // Not ours, or cut off.
  }
  if (typeof found !== 'object' || found === null) return DEFAULTS;
  const known = Object.entries(CHECKS).flatMap(([name, check]) => {
    const value: unknown = (found as Readonly<Record<string, unknown>>)[name];
    return value !== undefined && check(value) ? [[name, value] as const] : [];
  });
  return { ...DEFAULTS, ...Object.fromEntries(known) };
}

export function withVisit(
  visited: readonly VisitedRoom[],
  visit: VisitedRoom,
): readonly VisitedRoom[] {
  return [visit, ...visited.filter(({ code }) => code !== visit.code)].slice(0, MOST_VISITED);
}

export function withEmoji(recent: readonly string[], emoji: string): readonly string[] {
  return [emoji, ...recent.filter((one) => one !== emoji)].slice(0, 16);
}
