import { describe, expect, it } from 'vitest';
import type { SendUpload, UploadEvents, UploadWish } from '../api';
import { Uploads } from './uploads.svelte';

interface Sent {
  readonly wish: UploadWish;
  readonly events: UploadEvents;
  paused: boolean;
  cancelled: boolean;
}

function scene(): {
  uploads: Uploads;
  sent: Sent[];
  clock: { nowMs: number };
  changes: () => number;
} {
  const sent: Sent[] = [];
  const clock = { nowMs: 0 };
  let changes = 0;
  const send: SendUpload = (wish, events) => {
    const one: Sent = { wish, events, paused: false, cancelled: false };
    sent.push(one);
    return {
      pause: () => {
        one.paused = true;
      },
      cancel: () => {
        one.cancelled = true;
        return Promise.resolve();
      },
    };
  };
  const uploads = new Uploads({
    send,
    nowMs: () => clock.nowMs,
    changed: () => {
      changes += 1;
    },
  });
  return { uploads, sent, clock, changes: () => changes };
}

const film = (name: string, size = 1000): File => new File(['x'.repeat(size)], name);

describe('uploads', () => {
  it('send two at once and the others in their turn', () => {
    const { uploads, sent } = scene();
    const tasks = ['a', 'b', 'c'].map((name) => uploads.add(film(name)));
    expect(tasks.map(({ status }) => status)).toEqual(['sending', 'sending', 'waiting']);
    sent[0]?.events.done();
    expect(tasks.map(({ status }) => status)).toEqual(['done', 'sending', 'sending']);
  });

  it('tell the speed and the time left', () => {
    const { uploads, sent, clock } = scene();
    const task = uploads.add(film('a'));
    for (const [nowMs, bytes] of [
      [1000, 100],
      [2000, 200],
    ] as const) {
      clock.nowMs = nowMs;
      sent[0]?.events.progress(bytes);
    }
    expect(task).toMatchObject({ sentBytes: 200, bytesPerSecond: 100, secondsLeft: 8, share: 0.2 });
  });

  it('go on with what the server has after a pause', () => {
    const { uploads, sent } = scene();
    const task = uploads.add(film('a'), 'ROOM1');
    sent[0]?.events.begun('u1', 'v1');
    uploads.pause(task);
    expect(sent[0]?.paused).toBe(true);
    expect(task.status).toBe('paused');
    uploads.resume(task);
    expect(sent[1]?.wish).toMatchObject({ uploadId: 'u1', room: 'ROOM1' });
    expect(uploads.ofVideo('v1')).toBe(task);
  });

  it('show an interruption and the return from it', () => {
    const { uploads, sent, clock } = scene();
    const task = uploads.add(film('a'));
    sent[0]?.events.interrupted();
    expect(task.status).toBe('interrupted');
    clock.nowMs = 5000;
    sent[0]?.events.progress(10);
    expect(task.status).toBe('sending');
    expect(task.bytesPerSecond).toBeNull();
  });

  it('keep a failure until somebody tries again', () => {
    const { uploads, sent } = scene();
    const task = uploads.add(film('a'));
    sent[0]?.events.failed('disk_full');
    expect(task).toMatchObject({ status: 'failed', failure: 'disk_full' });
    uploads.resume(task);
    expect(task).toMatchObject({ status: 'sending', failure: null });
  });

  it('make room for the next when one is cancelled', async () => {
    const { uploads, sent, changes } = scene();
    const first = uploads.add(film('a'));
    uploads.add(film('b'));
    const third = uploads.add(film('c'));
    await uploads.cancel(first);
    expect(sent[0]?.cancelled).toBe(true);
    expect(third.status).toBe('sending');
    expect(uploads.tasks).toHaveLength(2);
    expect(changes()).toBe(1);
  });
});
