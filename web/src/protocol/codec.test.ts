import { describe, expect, it } from 'vitest';
import { MAX_FRAME_BYTES, encodeClientFrame } from './client-frames';
import { decodeServerFrame } from './decode';

describe('decodeServerFrame', () => {
  it.each([
    ['is not text', new ArrayBuffer(2)],
    ['is not JSON', '{"type":"ack",'],
    ['is a list', '[]'],
    ['is nothing', 'null'],
    ['has no type', '{"id":"c7"}'],
    ['has a type that is no word', '{"type":7}'],
    ['claims a number that is none', '{"type":"clock","t0":1,"t1":1e999,"t2":2}'],
    [
      'claims a time beyond what a number holds',
      '{"type":"clock","t0":1,"t1":9007199254740993,"t2":2}',
    ],
  ])('refuses what %s', (_why, data) => {
    expect(decodeServerFrame(data).kind).toBe('malformed');
  });

  it('names the place of the fault', () => {
    const decoded = decodeServerFrame('{"type":"queue","queue":[{"id":7}]}');
    expect(decoded).toEqual({ kind: 'malformed', reason: 'queue[0].id: a string wanted' });
  });

  it('passes by kinds that a newer server may send', () => {
    expect(decodeServerFrame('{"type":"weather","sun":true}')).toEqual({
      kind: 'unknown',
      type: 'weather',
    });
  });

  it.each(['constructor', '__proto__', 'toString'])('does not mistake %s for a kind', (type) => {
    expect(decodeServerFrame(JSON.stringify({ type })).kind).toBe('unknown');
  });

  it('drops fields that it does not know', () => {
    const decoded = decodeServerFrame('{"type":"ack","id":"c7","colour":"red"}');
    expect(decoded).toEqual({ kind: 'frame', frame: { type: 'ack', id: 'c7', message: null } });
  });
});

describe('encodeClientFrame', () => {
  it('puts the type first', () => {
    const encoded = encodeClientFrame({ id: 'm1', text: 'hi', type: 'chat' });
    expect(encoded).toEqual({ ok: true, text: '{"type":"chat","id":"m1","text":"hi"}' });
  });

  it('refuses numbers that JSON cannot say', () => {
    const encoded = encodeClientFrame({ type: 'react', emoji: '🔥', position: Number.NaN });
    expect(encoded).toEqual({ ok: false, reason: 'not_finite' });
  });

  it('measures the limit in bytes', () => {
    const text = '👀'.repeat(MAX_FRAME_BYTES / 4);
    const encoded = encodeClientFrame({ type: 'chat', id: 'm1', text });
    expect(encoded).toEqual({ ok: false, reason: 'too_large' });
    const fits = '👀'.repeat(MAX_FRAME_BYTES / 4 - 16);
    expect(encodeClientFrame({ type: 'chat', id: 'm1', text: fits }).ok).toBe(true);
  });
});
