// Figures that only browsers can give: the journeys of web/tests measure them, we read what they wrote.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { finished } from './child.mjs';
import { anywhere } from './cores.mjs';
import { build, Missing, root } from './paths.mjs';

const web = join(root, 'web');
const written = join(root, 'build/reports/journeys/skew.json');

function needed() {
  const files = ['node_modules/vitest', 'node_modules/playwright-core', 'dist/index.html'];
  for (const file of files.map((each) => join(web, each))) {
    if (!existsSync(file)) throw new Missing(`${file} is not there: run bench/run.mjs without --no-build`);
  }
  const browser = process.env.SYNCWATCH_CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(browser)) throw new Missing(`there is no ${browser}`);
}

/** Goes on a journey and gives its lines of figures, and what went wrong, if anything. */
export async function journey(name, { thorough = true } = {}) {
  needed();
  const command = ['npx', '--no-install', 'vitest', 'run', '--config', 'tests/journeys/vitest.config.ts', name];
  const environment = { NO_COLOR: '1', SYNCWATCH_BUILD: build, ...(thorough ? { SYNCWATCH_SKEW: 'thorough' } : {}) };
  const { out, said, how } = await finished(anywhere(command), {
    cwd: web,
    env: { ...process.env, ...environment },
  });
  const text = existsSync(written) ? readFileSync(written, 'utf8') : '';
  const lines = text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  if (lines.length === 0) throw new Error(`the journey ${name} measured nothing:\n${(out + said).slice(-3000)}`);
  const failures = [...out.matchAll(/^\s*(?:AssertionError|Error): (.*)$/gm)].map(([, what]) => what);
  const complaint = how === 0 ? undefined : `the journey failed: ${failures[0] ?? how}`;
  return { lines, complaint };
}
