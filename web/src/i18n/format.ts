/** Numbers, times and sizes as people of a language write them. Pure: now is an argument. */

/** "4:05", "1:02:03". `like` seconds long: leading hours are kept, so that the width stays. */
export function filmTime(seconds: number, like = seconds): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const s = String(whole % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  if (hours === 0 && !(like >= 3600)) return `${String(minutes)}:${s}`;
  return `${String(hours)}:${String(minutes).padStart(2, '0')}:${s}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function bytes(count: number, locale: string): string {
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 0 : 1;
  const figure = value.toLocaleString(locale, { maximumFractionDigits: digits });
  return `${figure} ${BYTE_UNITS[unit] ?? 'B'}`;
}

export function percent(share: number, locale: string): string {
  // Nothing is complete before it is.
  const shown = Math.floor(Math.min(1, Math.max(0, share)) * 100) / 100;
  return shown.toLocaleString(locale, { style: 'percent' });
}

export interface Span {
  readonly value: number;
  readonly unit: 'second' | 'minute' | 'hour' | 'day';
}

/** A span in the largest unit that tells it, rounded up: nobody minds to be early. */
export function spanOf(seconds: number): Span {
  const s = Math.max(1, Math.ceil(seconds));
  if (s < 60) return { value: s < 10 ? s : Math.ceil(s / 5) * 5, unit: 'second' };
  if (s < 3570) return { value: Math.ceil(s / 60), unit: 'minute' };
  if (s < 86_400) return { value: Math.ceil(s / 3600), unit: 'hour' };
  return { value: Math.ceil(s / 86_400), unit: 'day' };
}

export function span(seconds: number, locale: string): string {
  const { value, unit } = spanOf(seconds);
  return value.toLocaleString(locale, { style: 'unit', unit, unitDisplay: 'long' });
}

/** "3 days ago", "yesterday". */
export function ago(atMs: number, nowMs: number, locale: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const seconds = Math.max(0, (nowMs - atMs) / 1000);
  if (seconds < 45) return words.format(0, 'second');
  if (seconds < 3600) return words.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 86_400) return words.format(-Math.round(seconds / 3600), 'hour');
  if (seconds < 86_400 * 30) return words.format(-Math.round(seconds / 86_400), 'day');
  return new Date(atMs).toLocaleDateString(locale, { dateStyle: 'medium' });
}

/** As `ago`, but to the second, and also of what is to come: "in 3 hours". */
export function fromNow(atMs: number, nowMs: number, locale: string): string {
  const seconds = Math.round((atMs - nowMs) / 1000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  // Clocks differ a little.
  if (Math.abs(seconds) < 2) return words.format(0, 'second');
  if (Math.abs(seconds) < 60) return words.format(seconds, 'second');
  if (seconds < 0) return ago(atMs, nowMs, locale);
  if (seconds < 3600) return words.format(Math.round(seconds / 60), 'minute');
  if (seconds < 86_400) return words.format(Math.round(seconds / 3600), 'hour');
  return words.format(Math.round(seconds / 86_400), 'day');
}

/** The day and the time to the second. */
export function exactTime(atMs: number, locale: string): string {
  return new Date(atMs).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' });
}

export function clockTime(atMs: number, locale: string): string {
  return new Date(atMs).toLocaleTimeString(locale, { timeStyle: 'short' });
}

export function dayOf(atMs: number, nowMs: number, locale: string): string {
  const day = new Date(atMs);
  const days = Math.round(
    (new Date(nowMs).setHours(0, 0, 0, 0) - new Date(atMs).setHours(0, 0, 0, 0)) / 86_400_000,
  );
  if (days <= 1)
    return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day');
  return day.toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** "Ada", "Ada and Bo", "Ada, Bo and 3 others" by way of `others`. */
export function names(
  all: readonly string[],
  locale: string,
  others: (count: number) => string,
  most = 3,
): string {
  const shown =
    all.length <= most ? all : [...all.slice(0, most - 1), others(all.length - most + 1)];
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(shown);
}

/** ms with a sign and a decimal only where it tells something: "+3.1", "−120". */
export function milliseconds(value: number, locale: string): string {
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return value.toLocaleString(locale, {
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  });
}

/** A language's own code to its name: "de" → "German". */
export function languageName(code: string, locale: string): string | null {
  if (code === '' || code === 'und') return null;
  try {
    const name = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }).of(code);
    return name === undefined ? null : name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  } catch {
    return null;
  }
}
