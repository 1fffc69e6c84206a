/** The languages other than English: a module each, fetched when it is chosen. */
import type { en } from './en';

/** What every language has to say: the shape of the English catalogue. */
export type Messages = typeof en;

export const CATALOGUES: Readonly<Partial<Record<string, () => Promise<Messages>>>> = {};
