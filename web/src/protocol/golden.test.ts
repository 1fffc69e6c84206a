/** The golden messages that the C++ codec reads as well. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { encodeClientFrame, type ClientFrame } from './client-frames';
import { decodeServerValue } from './decode';

interface Golden {
  readonly direction: 'server' | 'client';
  readonly valid: boolean;
  readonly frame: Readonly<Record<string, unknown>>;
}

const folder = fileURLToPath(new URL('../../../tests/fixtures/protocol/', import.meta.url));
const goldens = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({
    name,
    ...(JSON.parse(readFileSync(folder + name, 'utf8')) as Golden),
  }));
const of = (direction: Golden['direction'], valid: boolean): typeof goldens =>
  goldens.filter((one) => one.direction === direction && one.valid === valid);

const VIDEO = '01939f2e-7000-7abc-8def-0123456789ab';
const ITEM = '01939f2e-7100-7abc-8def-0123456789ab';
const OTHER_ITEM = '01939f2e-7200-7abc-8def-0123456789ab';
const ADA = '01939f2e-6f00-7000-8000-000000000001';
const BO = '01939f2e-6f00-7000-8000-000000000002';
const MESSAGE = '01939f2e-8000-7abc-8def-0123456789ab';
const LAST = '01939f2e-8100-7abc-8def-0123456789ab';

/** What our own code would say, written as values. */
const SAID: Readonly<Record<string, ClientFrame>> = {
  hello: { type: 'hello', protocol: 1 },
  'hello.resume': { type: 'hello', protocol: 1, resume: { member: BO, last_message: LAST } },
  'hello.resume-without-messages': { type: 'hello', protocol: 1, resume: { member: BO } },
  clock: { type: 'clock', t0: 1_234_567 },
  'control.play': { type: 'control', id: 'c1', action: 'play', position: 12.5 },
  'control.pause': { type: 'control', id: 'c2', action: 'pause', position: 12.5 },
  'control.seek': { type: 'control', id: 'c3', action: 'seek', position: 300.25 },
  'control.rate': { type: 'control', id: 'c4', action: 'rate', rate: 1.25 },
  'control.select': { type: 'control', id: 'c5', action: 'select', item: ITEM },
  'control.next': { type: 'control', id: 'c6', action: 'next' },
  report: {
    type: 'report',
    state: 'playing',
    position: 12.5,
    at_us: 1_763_887_330_000_000,
    drift_ms: -3.1,
    buffered_s: 20,
    rung: '720p',
    jump_ms: 142,
  },
  chat: { type: 'chat', id: 'm1', text: 'watch the squirrel 12:34\n👀' },
  'chat.reply': { type: 'chat', id: 'm2', text: 'ha', reply_to: MESSAGE },
  react: { type: 'react', emoji: '🔥', position: 12.5 },
  'queue.add': { type: 'queue', id: 'q1', op: 'add', video: VIDEO },
  'queue.add-before': { type: 'queue', id: 'q2', op: 'add', video: VIDEO, before: ITEM },
  'queue.remove': { type: 'queue', id: 'q3', op: 'remove', item: ITEM },
  'queue.move': { type: 'queue', id: 'q4', op: 'move', item: OTHER_ITEM, before: ITEM },
  'queue.move-to-end': { type: 'queue', id: 'q5', op: 'move', item: ITEM, before: null },
  'queue.clear': { type: 'queue', id: 'q6', op: 'clear' },
  'queue.vote': { type: 'queue', id: 'q7', op: 'vote', item: OTHER_ITEM },
  role: { type: 'role', id: 'r1', member: BO, role: 'moderator' },
  kick: { type: 'kick', id: 'k1', member: BO },
  voice: { type: 'voice', state: { joined: true, muted: false, speaking: true } },
  signal: { type: 'signal', to: ADA, data: { kind: 'answer', sdp: 'v=0\r\n' } },
};

describe('golden messages', () => {
  it.each(of('server', true))('are understood: $name', ({ frame }) => {
    const decoded = decodeServerValue(frame);
    expect(decoded).toMatchObject({ kind: 'frame' });
    // Nothing that the server said is lost, but for what may be absent and then reads as null.
    if (decoded.kind === 'frame') expect(decoded.frame).toMatchObject(frame);
  });

  it.each(of('server', false))('are refused: $name', ({ frame }) => {
    expect(decodeServerValue(frame).kind).toBe('malformed');
  });

  it.each(of('client', true))('are what we say: $name', ({ name, frame }) => {
    const said = SAID[name.replace(/^client\.|\.json$/g, '')];
    expect(said, 'a value for this file').toBeDefined();
    if (said === undefined) return;
    const encoded = encodeClientFrame(said);
    expect(encoded.ok && (JSON.parse(encoded.text) as unknown)).toEqual(frame);
  });

  it('cover every value that we say', () => {
    const files = of('client', true).map(({ name }) => name.replace(/^client\.|\.json$/g, ''));
    expect(Object.keys(SAID).sort()).toEqual(files.sort());
  });
});
