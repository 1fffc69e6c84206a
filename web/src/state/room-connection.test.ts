import { describe, expect, it } from 'vitest';
import { RoomConnection } from './room-connection';
import type { JoinOutcome, SocketHandlers } from './room-ports';
import type { Connection } from './room-types';

const LET_IN: JoinOutcome = { ok: true, ws: '/ws?ticket=t' };
const BANNED: JoinOutcome = {
  ok: false,
  code: 'banned',
  message: '',
  retry: false,
  retryAfterMs: 0,
};

/** Connects, is closed with `code`, and knocks again with that outcome. */
async function closedWith(code: number, again: JoinOutcome): Promise<Connection | undefined> {
  const told: Connection[] = [];
  const sockets: SocketHandlers[] = [];
  const outcomes = [LET_IN, again];
  const connection = new RoomConnection(
    {
      join: () => Promise.resolve(outcomes.shift() ?? LET_IN),
      openSocket: (_path, handlers) => {
        sockets.push(handlers);
        return { send: () => undefined, close: () => undefined };
      },
      nowMs: () => 0,
      wallMs: () => 0,
      after: () => () => undefined,
      chance: () => 0.5,
    },
    {
      resume: () => undefined,
      changed: (state) => told.push(state),
      received: () => undefined,
      dropped: () => undefined,
    },
  );
  connection.connect();
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  await settle();
  sockets[0]?.closed(code);
  await settle();
  return told.at(-1);
}

describe('a connection that the server ends', () => {
  it('says that we were kicked when we may come in again', async () => {
    expect(await closedWith(4403, LET_IN)).toMatchObject({ state: 'closed', reason: 'kicked' });
  });

  it('says that we were banned when we may not', async () => {
    expect(await closedWith(4403, BANNED)).toMatchObject({ state: 'closed', reason: 'banned' });
  });

  it('comes back by itself after a restart', async () => {
    expect(await closedWith(1012, LET_IN)).toMatchObject({ state: 'reconnecting' });
  });

  it('gives up a room that is gone', async () => {
    expect(await closedWith(4404, LET_IN)).toMatchObject({ state: 'closed', reason: 'not_found' });
  });
});
