/** Players: the port, the real one on hls.js, and a simulated one for tests (`fake-player.ts`). */
export * from './player';
export { HlsPlayer } from './hls-player';
export type { Cue } from './subtitle-cues';
export { decodeText, pictureAt, readScrubPictures, readSubtitles, type ScrubPicture } from './vtt';
