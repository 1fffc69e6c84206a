// A server with its rooms full of simulated viewers.
import { setTimeout as sleep } from 'node:timers/promises';

import { Child } from './child.mjs';
import { loadCore, pinned, serverCore } from './cores.mjs';
import { program } from './paths.mjs';

export async function startYardstick(name) {
  const child = new Child(pinned(serverCore, [program(name), '0']));
  return { child, port: Number(await child.line()), pid: child.pid, stop: () => child.end() };
}

export class FullRooms {
  /** Brings `members` into each room of `codes`; `entered` says what that took. Of several servers each has a share. */
  static async open(server, codes, members, flags = []) {
    const rooms = new FullRooms();
    rooms.server = server;
    const servers = [server].flat();
    const where = servers.flatMap(({ port, pid }) => ['--port', port, '--pid', pid]);
    where.push('--rooms', codes.join(','));
    const command = [program('bench.roomload'), ...where, '--members', members, ...flags];
    rooms.load = new Child(pinned(loadCore, command.map(String)));
    rooms.entered = JSON.parse(await rooms.load.line());
    // Nodes show nothing of people whom they have not heard of yet.
    if (servers.length > 1) await sleep(1000);
    return rooms;
  }

  /** A command of bench.roomload; what it measured. */
  async run(command) {
    this.load.write(`${command}\n`);
    return JSON.parse(await this.load.line());
  }

  async leave() {
    await this.load.end();
  }

  async close() {
    await this.leave();
    for (const server of [this.server].flat()) await server.stop();
  }
}

/** What was measured, if nothing was lost on the way. */
export function whole(result, what) {
  if (result.missing || result.gaps || result.closed) {
    throw new Error(`${what} lost messages or members: ${JSON.stringify(result)}`);
  }
  return result;
}
