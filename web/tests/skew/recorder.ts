/**
 * Runs inside each page before its own scripts: writes down where the video is, twice.
 * The media clock (`currentTime`, resolves below 0.1 ms) is sampled every 20 ms; displayed frames
 * (`requestVideoFrameCallback`, in steps of the 60 Hz compositor) are the independent check.
 * Times are ms since the Unix epoch, so that pages of one machine can be compared.
 * It looks at the video element alone: the product offers nothing for it.
 */

/** [when, position in seconds, rate: 0 while the clock stands]. */
export type ClockSample = readonly [atMs: number, positionSeconds: number, rate: number];
/** [when it was to be on screen, position in seconds]. */
export type ShownFrame = readonly [shownMs: number, mediaSeconds: number];
export type VideoNews = readonly [
  atMs: number,
  event: string,
  rate: number,
  positionSeconds: number,
];

export interface Recording {
  readonly clock: readonly ClockSample[];
  readonly frames: readonly ShownFrame[];
  readonly events: readonly VideoNews[];
  readonly frameCount: number;
  readonly dropped: number;
  readonly width: number;
  readonly height: number;
}

export interface SkewWindow {
  /** Since the last time it was taken. */
  readonly __skew: { take(): Recording };
}

export function recorder(): void {
  const now = (): number => performance.timeOrigin + performance.now();
  const EVENTS = [
    'play',
    'playing',
    'pause',
    'seeking',
    'seeked',
    'waiting',
    'ratechange',
    'ended',
  ];
  let clock: ClockSample[] = [];
  let frames: ShownFrame[] = [];
  let events: VideoNews[] = [];
  let video: HTMLVideoElement | null = null;

  const onFrame = (_now: number, frame: VideoFrameCallbackMetadata): void => {
    frames.push([performance.timeOrigin + frame.expectedDisplayTime, frame.mediaTime]);
    video?.requestVideoFrameCallback(onFrame);
  };
  const adopt = (found: HTMLVideoElement): void => {
    video = found;
    for (const name of EVENTS) {
      found.addEventListener(name, () => {
        events.push([now(), name, found.playbackRate, found.currentTime]);
      });
    }
    found.requestVideoFrameCallback(onFrame);
  };
  setInterval(() => {
    const found = document.querySelector('video');
    if (found === null) return;
    if (found !== video) adopt(found);
    const still = found.paused || found.seeking || found.readyState < 3;
    // The rate tells interpolation whether the clock ran between two samples.
    if (!found.seeking) clock.push([now(), found.currentTime, still ? 0 : found.playbackRate]);
  }, 20);

  Object.assign(window, {
    __skew: {
      take(): Recording {
        const quality = video?.getVideoPlaybackQuality();
        const taken = {
          clock,
          frames,
          events,
          frameCount: quality?.totalVideoFrames ?? 0,
          dropped: quality?.droppedVideoFrames ?? 0,
          width: video?.videoWidth ?? 0,
          height: video?.videoHeight ?? 0,
        };
        clock = [];
        frames = [];
        events = [];
        return taken;
      },
    },
  });
}
