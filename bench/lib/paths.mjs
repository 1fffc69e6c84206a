import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const build = join(root, 'build', 'bench');
/** Results, films and scratch data: all under build/. */
export const work = join(build, 'runs');
mkdirSync(work, { recursive: true });

/** Something that is not on this machine, and without which a figure cannot be had. */
export class Missing extends Error {}

export function program(name) {
  const folders = ['bin', 'bench/fanout', 'bench/segments', 'bench/stage', 'bench/objects', 'bench/micro'];
  const found = folders.map((folder) => join(build, folder, name)).find(existsSync);
  if (!found) throw new Missing(`${name} is not built: run bench/run.mjs without --no-build`);
  return found;
}

export function scratch(name) {
  return mkdtempSync(join(work, `${name}-`));
}

/** A program of the machine's own, by its name. */
export function tool(name) {
  const folders = [...process.env.PATH.split(':'), '/usr/sbin', '/sbin'];
  const found = folders.map((folder) => join(folder, name)).find(existsSync);
  if (!found) throw new Missing(`${name} is not installed`);
  return found;
}
