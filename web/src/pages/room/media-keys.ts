/** Keys on keyboards, headphones and the small window: they control the room, not this film alone. */
import type { RoomSession } from '../../state/room.svelte';

export function followMediaKeys(session: RoomSession): () => void {
  if (!('mediaSession' in navigator)) return () => undefined;
  const handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
    play: () => {
      session.play();
    },
    pause: () => {
      session.pause();
    },
    stop: () => {
      session.pause();
    },
    seekbackward: ({ seekOffset }) => {
      session.seekBy(-(seekOffset ?? 10));
    },
    seekforward: ({ seekOffset }) => {
      session.seekBy(seekOffset ?? 10);
    },
    seekto: ({ seekTime }) => {
      if (seekTime !== undefined) session.seek(seekTime);
    },
    nexttrack: () => {
      session.next();
    },
  };
  const set = (action: MediaSessionAction, handler: MediaSessionActionHandler | null): void => {
    try {
      navigator.mediaSession.setActionHandler(action, handler);
    } catch {
      // Not every browser knows every key.
    }
  };
  const actions = Object.keys(handlers) as MediaSessionAction[];
  for (const action of actions) set(action, handlers[action] ?? null);
  return () => {
    for (const action of actions) set(action, null);
  };
}
