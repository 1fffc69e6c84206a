import { describe, expect, it } from 'vitest';
import { problemOf, type Answer, type Joined, type Rooms } from '../api';
import { RoomEntry, outcomeOf } from './room-entry';

function scene(): { entry: RoomEntry; asked: (string | null)[]; clock: { nowMs: number } } {
  const asked: (string | null)[] = [];
  const clock = { nowMs: 0 };
  const rooms = {
    join: (_code: string, password: string | null): Promise<Answer<Joined>> => {
      asked.push(password);
      if (password === 'wrong') {
        return Promise.resolve({ ok: false, problem: problemOf('wrong_password', 403) });
      }
      const value = { ws: `/ws?ticket=${String(asked.length)}` } as unknown as Joined;
      return Promise.resolve({ ok: true, value });
    },
  } as unknown as Rooms;
  return { entry: new RoomEntry(rooms, 'ABCDE-12345', null, () => clock.nowMs), asked, clock };
}

describe('the way into a room', () => {
  it('uses the ticket of the door once, then asks for new ones with the same password', async () => {
    const { entry, asked } = scene();
    expect(await entry.knock('open')).toBeNull();
    expect(await entry.join()).toEqual({ ok: true, ws: '/ws?ticket=1' });
    expect(await entry.join()).toEqual({ ok: true, ws: '/ws?ticket=2' });
    expect(asked).toEqual(['open', 'open']);
  });

  it('asks anew when the ticket grew old', async () => {
    const { entry, clock } = scene();
    await entry.knock(null);
    clock.nowMs = 25_000;
    expect(await entry.join()).toEqual({ ok: true, ws: '/ws?ticket=2' });
  });

  it('keeps nothing of a wrong password', async () => {
    const { entry } = scene();
    expect(await entry.knock('wrong')).toMatchObject({ code: 'wrong_password' });
    expect(entry.password).toBeNull();
  });

  it('comes again after a failure that passes, not after a refusal', () => {
    expect(outcomeOf(problemOf('unavailable', 503))).toMatchObject({ retry: true });
    expect(outcomeOf(problemOf('network'))).toMatchObject({ retry: true });
    expect(outcomeOf(problemOf('banned', 403))).toMatchObject({ retry: false });
    expect(
      outcomeOf({ ...problemOf('too_many_requests', 429), retryAfterSeconds: 4 }),
    ).toMatchObject({
      retry: true,
      retryAfterMs: 4000,
    });
  });
});
