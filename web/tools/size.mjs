/**
 * What a page costs to load, gzipped, against its budget. A page is its entry in the build's
 * manifest with everything that it imports; exit 1 if one is over.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const BUDGETS = JSON.parse(await readFile(new URL('./size.json', import.meta.url), 'utf8'));
const manifest = JSON.parse(await readFile(`${DIST}.vite/manifest.json`, 'utf8'));

/** The files that must be there before the chunk runs. */
function filesOf(key, seen = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(key)) return [];
  seen.add(key);
  const own = [chunk.file, ...(chunk.css ?? [])];
  return [...own, ...(chunk.imports ?? []).flatMap((one) => filesOf(one, seen))];
}

let over = 0;
for (const { name, entries, most } of BUDGETS) {
  const missing = entries.filter((entry) => manifest[entry] === undefined);
  if (missing.length > 0) throw new Error(`${name}: not in the build: ${missing.join(', ')}`);
  const files = new Set(entries.flatMap((entry) => filesOf(entry)));
  let bytes = 0;
  for (const file of files) bytes += gzipSync(await readFile(DIST + file), { level: 9 }).length;
  const verdict = bytes <= most * 1000 ? 'ok' : 'OVER';
  if (verdict === 'OVER') over += 1;
  console.log(
    `${verdict.padEnd(5)}${name.padEnd(22)}${(bytes / 1000).toFixed(1)} of ${most} kB gzipped`,
  );
}
process.exitCode = over > 0 ? 1 : 0;
