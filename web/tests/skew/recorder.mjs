/**
 * Runs inside each page before its own scripts: writes down where the video is, twice.
 * The media clock (`currentTime`, resolves below 0.1 ms) is sampled every 20 ms; displayed frames
 * (`requestVideoFrameCallback`, in steps of the 60 Hz compositor) are the independent check.
 * Times are ms since the Unix epoch, so that pages of one machine can be compared.
 * It looks at the video element alone: the product offers nothing for it.
 */
export function recorder() {
  const now = () => performance.timeOrigin + performance.now();
  const log = { clock: [], frames: [], events: [] };
  const EVENTS = ['play', 'playing', 'pause', 'seeking', 'seeked', 'waiting', 'ratechange', 'ended'];
  let video = null;

  const onFrame = (_now, frame) => {
    log.frames.push([performance.timeOrigin + frame.expectedDisplayTime, frame.mediaTime]);
    video?.requestVideoFrameCallback(onFrame);
  };
  const adopt = (found) => {
    video = found;
    for (const name of EVENTS) {
      found.addEventListener(name, () => {
        log.events.push([now(), name, found.playbackRate, found.currentTime]);
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
    if (!found.seeking) log.clock.push([now(), found.currentTime, still ? 0 : found.playbackRate]);
  }, 20);

  window.__skew = {
    take() {
      const quality = video?.getVideoPlaybackQuality();
      const taken = {
        ...structuredClone(log),
        frameCount: quality?.totalVideoFrames ?? 0,
        dropped: quality?.droppedVideoFrames ?? 0,
        width: video?.videoWidth ?? 0,
        height: video?.videoHeight ?? 0,
      };
      log.clock.length = 0;
      log.frames.length = 0;
      log.events.length = 0;
      return taken;
    },
  };
}
