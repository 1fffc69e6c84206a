/** What a person sees of the film, read from the pixels and the clock of the video element. */
import type { Page } from 'playwright-core';

export interface Picture {
  /** Seconds of film. */
  readonly position: number;
  readonly paused: boolean;
  readonly width: number;
  readonly height: number;
  readonly readyState: number;
  readonly rate: number;
  /** Frames shown so far. */
  readonly frames: number;
}

export function picture(page: Page): Promise<Picture | null> {
  return page.evaluate(() => {
    const video = document.querySelector('video');
    if (video === null) return null;
    return {
      position: video.currentTime,
      paused: video.paused,
      width: video.videoWidth,
      height: video.videoHeight,
      readyState: video.readyState,
      rate: video.playbackRate,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
    };
  });
}

/** The number that is written into the frame on screen (see films.ts); null while it is sought. */
export function frameNumber(page: Page): Promise<number | null> {
  return page.evaluate(() => {
    const BITS = 12;
    const video = document.querySelector('video');
    const canvas = document.createElement('canvas');
    canvas.width = BITS;
    canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (video === null || context === null || video.videoWidth === 0) return null;
    // The clock is at the new place at once, the picture later.
    if (video.seeking || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    context.imageSmoothingQuality = 'high';
    const { videoWidth: width, videoHeight: height } = video;
    context.drawImage(video, 0, (height * 29) / 32, width, height / 16, 0, 0, BITS, 1);
    const { data } = context.getImageData(0, 0, BITS, 1);
    let number = 0;
    for (let bit = 0; bit < BITS; bit += 1) {
      if ((data[bit * 4] ?? 0) > 128) number |= 1 << bit;
    }
    return number;
  });
}

/** A thumbnail of the frame on screen, to compare films that carry no numbers: 32 × 18 grey. */
export function thumbnail(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const video = document.querySelector('video');
    const canvas = document.createElement('canvas');
    canvas.width = 32;
    canvas.height = 18;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (video === null || context === null) return [];
    context.drawImage(video, 0, 0, 32, 18);
    const { data } = context.getImageData(0, 0, 32, 18);
    return Array.from({ length: 32 * 18 }, (_, i) => data[i * 4 + 1] ?? 0);
  });
}
