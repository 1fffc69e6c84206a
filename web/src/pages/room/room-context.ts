/** What the parts of a room share. */
import { createContext } from 'svelte';
import type { RoomSession } from '../../state/room.svelte';
import type { FilmSubtitles } from './film-subtitles.svelte';
import type { RoomView } from './room-view.svelte';

export interface RoomScene {
  readonly code: string;
  readonly session: RoomSession;
  readonly view: RoomView;
  readonly subtitles: FilmSubtitles;
}

export const [useRoom, provideRoom] = createContext<RoomScene>();
