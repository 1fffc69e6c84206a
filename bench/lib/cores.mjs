// Which core serves and which one loads: a server must not share its core with what measures it.
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

function allowedCores() {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

const cores = allowedCores();

export const serverCore = cores[0];
export const loadCore = cores.at(-1);
export const coreCount = cores.length;

/** Keeps this process, and what it starts without a core of its own, off the server's core. */
export function moveToLoadCore() {
  execFileSync('taskset', ['-pc', String(loadCore), String(process.pid)], { stdio: 'ignore' });
}

/** The command, on one core. */
export function pinned(core, command) {
  return ['taskset', '-c', String(core), ...command];
}

/** The command, wherever the system likes: this process keeps to a core of its own. */
export function anywhere(command) {
  return ['taskset', '-c', cores.join(','), ...command];
}
