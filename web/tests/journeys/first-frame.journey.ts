/** From the last byte of an upload to the first frame on screen, for a 1080p film. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { films } from './harness/films';
import { journey } from './harness/journey';
import { REPORTS } from './harness/paths';
import { until } from './harness/until';

const thorough = process.env['SYNCWATCH_SKEW'] === 'thorough';

journey('a 1080p film is on screen seconds after its last byte', async (stage) => {
  const owner = await stage.api.register('Ada');
  const rounds = thorough ? 3 : 1;
  for (let round = 0; round < rounds; round += 1) {
    const code = await stage.api.openRoom(owner);
    const ada = await stage.person(`Ada ${String(round)}`, { as: owner });
    await ada.go(`/room/${code}`);
    await ada.page.getByRole('button', { name: /Join as/ }).click();
    await ada.inside();
    // Writes down when the first frame is presented.
    await ada.page.evaluate(() => {
      const watched = window as unknown as { firstFrameMs?: number };
      const look = (): void => {
        const video = document.querySelector('video');
        if (video === null) setTimeout(look, 20);
        else {
          video.requestVideoFrameCallback((_now, { presentationTime }) => {
            watched.firstFrameMs = performance.timeOrigin + presentationTime;
          });
        }
      };
      look();
    });
    const film = await stage.api.upload(owner, films.bunny1080, code);
    const lastByte = Date.now();
    const shown = await until('the first frame', () =>
      ada.page.evaluate(() => (window as unknown as { firstFrameMs?: number }).firstFrameMs),
    );
    const tookMs = Math.round(shown - lastByte);
    console.log(`first frame · ${String(tookMs)} ms after the last byte of a 1080p film`);
    appendFileSync(
      join(REPORTS, 'skew.json'),
      `${JSON.stringify({ what: 'first frame', ms: tookMs })}\n`,
    );
    expect((await ada.picture()).width).toBeGreaterThan(0);
    await stage.api.remove(owner, film);
    await ada.leave();
  }
});
