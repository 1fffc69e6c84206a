/**
 * The words of the app. `t` is the catalogue of the chosen language, `locale` what numbers and
 * times are written in. Chosen once, before the first component: another choice loads the page
 * anew, and no component has to watch it.
 */
import { en } from './en';
import { CATALOGUES, type Messages } from './catalogues';
import * as format from './format';

export type { Messages } from './catalogues';
export { filmTime } from './format';

export let t: Messages = en;
export let locale = 'en';

/** Takes the first of these languages that we speak. English is there at once, others are fetched. */
export async function chooseLanguage(wanted: readonly string[]): Promise<void> {
  for (const tag of wanted) {
    const code = tag.split('-')[0]?.toLowerCase() ?? '';
    if (code === 'en') {
      // Dates and numbers in the manner of the reader's own English.
      locale = tag;
      break;
    }
    const load = CATALOGUES[code];
    if (load === undefined) continue;
    t = await load();
    locale = tag;
    break;
  }
  document.documentElement.lang = locale;
}

export const bytes = (count: number): string => format.bytes(count, locale);
export const percent = (share: number): string => format.percent(share, locale);
export const span = (seconds: number): string => format.span(seconds, locale);
export const ago = (atMs: number): string => format.ago(atMs, Date.now(), locale);
export const fromNow = (atMs: number, nowMs: number): string => format.fromNow(atMs, nowMs, locale);
export const exactTime = (atMs: number): string => format.exactTime(atMs, locale);
export const clockTime = (atMs: number): string => format.clockTime(atMs, locale);
export const dayOf = (atMs: number): string => format.dayOf(atMs, Date.now(), locale);
export const milliseconds = (value: number): string => format.milliseconds(value, locale);
export const names = (all: readonly string[], most?: number): string =>
  format.names(all, locale, (count) => t.common.others(count), most);
export const languageName = (code: string): string | null => format.languageName(code, locale);
