/** A recovery plan with a place for backups, for a server that is to have some. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file of one; it and the backups are gone with the process. */
export function planWithPlaces(): string {
  const folder = mkdtempSync(join(tmpdir(), 'syncwatch-plan-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const places = ['near', 'far'].map((name) => {
    mkdirSync(join(folder, name));
    return `[repository.${name}]\nurl = "file:${join(folder, name)}"\n`;
  });
  const file = join(folder, 'plan.toml');
  writeFileSync(file, `${PROMISES}\n${places.join('\n')}`);
  return file;
}

const PROMISES = `plan_version = 1
[objective.database]
rto = "30m"
rpo = "24h"
[objective.objects]
rto = "4h"
rpo = "15m"
[backup.database]
log = "continuous"
full = "Sun 02:00"
keep = "30d"
[backup.objects]
copy = "continuous"
keep = "30d"
[backup.config]
bundle = "on change"
keep = "forever"
[backup.secrets]
bundle = "on change"
keep = "forever"
[verification]
restore_test = "daily 04:00"
read_again_within = "30d"
`;
