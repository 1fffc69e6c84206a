/** Does what a key asks for. */
import { REACTIONS } from './reactions';
import type { RoomScene } from './room-context';
import type { Shortcut } from './shortcuts';

const VOLUME_STEP = 0.05;

export function togglePlay({ session }: RoomScene): void {
  if (session.item === null) return;
  if (session.paused) session.play();
  else session.pause();
}

export function obey(shortcut: Shortcut, scene: RoomScene): void {
  const { session, view, subtitles } = scene;
  const { media } = session;
  switch (shortcut.kind) {
    case 'play_pause':
      togglePlay(scene);
      return;
    case 'seek_by':
      if (session.item !== null) session.seekBy(shortcut.seconds);
      return;
    case 'frame':
      if (session.item !== null && session.paused) session.seekByFrame(shortcut.step);
      return;
    case 'volume':
      media.setMuted(false);
      media.setVolume(media.volume + shortcut.step * VOLUME_STEP);
      return;
    case 'mute':
      media.setMuted(!media.muted);
      return;
    case 'subtitles':
      subtitles.toggle();
      return;
    case 'fullscreen':
      void view.toggleFullscreen();
      return;
    case 'theatre':
      view.toggleTheatre();
      return;
    case 'pip':
      void view.togglePip();
      return;
    case 'chat':
      view.openChat();
      return;
    case 'react': {
      const emoji = REACTIONS[shortcut.index];
      if (emoji !== undefined) session.react(emoji);
      return;
    }
    case 'sheet':
      view.dialog = 'shortcuts';
      return;
  }
}
