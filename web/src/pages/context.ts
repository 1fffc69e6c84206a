/** What every page may use, made once by the app. */
import { createContext } from 'svelte';
import type { Api } from '../api';
import type { Account } from '../state/account.svelte';
import type { Library } from '../state/library.svelte';
import type { Preferences } from '../state/preferences.svelte';
import type { Router } from '../state/router.svelte';
import type { UploadTask, Uploads } from '../state/uploads.svelte';
import type { Toasts } from '../ui/toasts.svelte';

export interface App {
  readonly api: Api;
  readonly account: Account;
  readonly library: Library;
  readonly preferences: Preferences;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly uploads: Uploads;
  /** Uploads what can be uploaded and says what cannot. */
  upload(files: readonly File[], room: string | null): readonly UploadTask[];
  /** Opens a room around films: the first gives it its name. */
  openRoomAround(files: readonly File[]): Promise<void>;
  /** Goes to a room and puts a film into its queue there. */
  putOnArrival(code: string, video: string): void;
  /** The film that was meant for this room; asked once. */
  takeArrival(code: string): string | null;
  /** Opens a room and goes there. */
  openRoom(name: string): Promise<string | null>;
}

export const [useApp, provideApp] = createContext<App>();
