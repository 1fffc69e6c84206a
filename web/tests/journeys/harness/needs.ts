/** Says before the first journey what is missing, rather than failing in each. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFilms } from './films';
import { BUNNY, CHROMIUM, FAULT_RELAY, REPORTS, SYNCWATCH, WEB_APP } from './paths';

const NEEDS: readonly (readonly [file: string, mend: string])[] = [
  [SYNCWATCH, 'cmake --build build/release --target syncwatch (or set SYNCWATCH_BUILD)'],
  [FAULT_RELAY, 'cmake --build build/release --target fault_relay'],
  [join(WEB_APP, 'index.html'), 'npm run build'],
  [CHROMIUM, 'apt-get install chromium (or set SYNCWATCH_CHROMIUM)'],
  [BUNNY, 'npm ci'],
];

export async function setup(): Promise<void> {
  const missing = NEEDS.filter(([file]) => !existsSync(file));
  if (missing.length > 0) {
    throw new Error(missing.map(([file, mend]) => `${file} is missing: ${mend}`).join('\n'));
  }
  // scripts/test.sh begins with an empty folder, and runs in parts.
  if (process.env['SYNCWATCH_KEEP_REPORTS'] === undefined) {
    rmSync(REPORTS, { recursive: true, force: true });
  }
  mkdirSync(REPORTS, { recursive: true });
  await prepareFilms();
}
