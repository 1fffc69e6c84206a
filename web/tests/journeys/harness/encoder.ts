/** The encoder of a server's film: held, it makes nothing, for as long as a test looks at half a film. */
import { readFileSync, readdirSync } from 'node:fs';
import { until } from './until';

/** What the kernel says of a process that may be gone by now. */
function told(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function childrenOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${String(pid)}/task`);
  const children = tasks.map((task) => told(`/proc/${String(pid)}/task/${task}/children`));
  return children.join(' ').split(' ').filter(Boolean).map(Number);
}

/** Only an encoder is asked how far it is; its poster's maker is not. */
const isEncoder = (pid: number): boolean =>
  told(`/proc/${String(pid)}/cmdline`)
    .split('\0')
    .includes('-progress');

/** Stops it where it is, and gives what lets it go on. The server gives up on it after 90 s. */
export async function holdEncoder(server: { readonly pid: number }): Promise<() => void> {
  const pid = await until('an encoder at work', () => childrenOf(server.pid).find(isEncoder));
  process.kill(pid, 'SIGSTOP');
  return () => process.kill(pid, 'SIGCONT');
}
