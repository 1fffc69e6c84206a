/** What this browser remembers of how somebody likes it. Lost without harm. */
import { readPreferences, type PreferenceValues } from './preference-values';

const KEY = 'syncwatch.preferences';

export class Preferences {
  #values = $state.raw<PreferenceValues>(readPreferences(null));
  readonly #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
    this.#values = readPreferences(this.#stored());
  }

  get values(): PreferenceValues {
    return this.#values;
  }

  set(change: Partial<PreferenceValues>): void {
    this.#values = { ...this.#values, ...change };
    try {
      this.#storage?.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // Full or forbidden: it lasts as long as the page does.
    }
  }

  #stored(): string | null {
    try {
      return this.#storage?.getItem(KEY) ?? null;
    } catch {
      return null;
    }
  }
}
