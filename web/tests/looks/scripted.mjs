/** A scripted server for one page: answers of the HTTP API and a room over a WebSocket. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILM = process.env['LOOKS_FILM'] ?? '';
const TYPES = {
  m3u8: 'application/vnd.apple.mpegurl',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
  vtt: 'text/vtt',
};

export const CODE = 'ABCDE-12345';
export const ADA = '01939f2e-6f00-7000-8000-000000000001';
const NOW = '2025-11-24T12:00:00Z';

export const user = (change = {}) => ({
  id: ADA,
  kind: 'user',
  username: 'ada',
  display_name: 'Ada',
  admin: true,
  created_at: '2025-10-01T08:00:00Z',
  ...change,
});

export const roomInfo = (change = {}) => ({
  code: CODE,
  name: 'Friday films',
  owner: ADA,
  owner_name: 'Ada',
  control: 'everyone',
  visibility: 'unlisted',
  hold: 'everyone',
  capacity: 50,
  has_password: false,
  present: 3,
  members: ['Ada', 'Bo', 'Cleo'],
  mine: false,
  created_at: NOW,
  ...change,
});

export const member = (id, name, change = {}) => ({
  id,
  name,
  kind: 'guest',
  role: 'viewer',
  host: false,
  state: 'playing',
  drift_ms: 2.1,
  voice: null,
  ...change,
});

export const film = (change = {}) => ({
  id: 'item-1',
  video: 'video-1',
  title: 'Big Buck Bunny',
  duration: 100,
  playable_until: 100,
  status: 'ready',
  progress: null,
  error: null,
  added_by: ADA,
  votes: 0,
  master: FILM === '' ? null : '/media/T/video-1/master.m3u8',
  sprite: FILM === '' ? null : '/media/T/video-1/sprite.vtt',
  poster: FILM === '' ? null : '/media/T/video-1/poster.jpg',
  subtitles:
    FILM === '' ? [] : [{ id: 'en', language: 'en', title: '', url: '/media/T/video-1/en.vtt' }],
  ...change,
});

export const video = (change = {}) => ({
  id: 'video-1',
  title: 'Big Buck Bunny',
  status: 'ready',
  progress: 1,
  playable_until: 596,
  duration: 596,
  width: 1920,
  height: 1080,
  renditions: [],
  audio_tracks: [],
  subtitles: [],
  poster: FILM === '' ? null : '/media/T/video-1/poster.jpg',
  sprite: null,
  master: null,
  error: null,
  size: 230_000_000,
  upload: null,
  eta_seconds: null,
  created_at: NOW,
  ...change,
});

const SETUP = {
  needs_first_account: false,
  needs_setup_token: false,
  sign_up: 'open',
  guests_may_upload: false,
  guests_may_create_rooms: false,
  max_upload_bytes: 53_687_091_200,
  version: '0.1.0',
};

function problem(status, code, more = {}) {
  const { headers = {}, ...body } = more;
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title: code, status, code, detail: '', ...body }),
  };
}

const json = (body, status = 200) => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

const resource = (noun, value) => json({ [noun]: value, ...value });

/** `scene`: {setup, me, rooms, room, join, videos, health, bans, inside(room)} */
export async function script(page, scene) {
  await page.route(/\/(api|health)(\/|$)/, async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace('/api/v1/', '');
    const answer = answerTo(scene, request.method(), path, request);
    if (answer === null) await new Promise(() => undefined);
    else await route.fulfill(answer);
  });
  await page.route('**/media/**', async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').pop();
    const path = join(FILM, name);
    if (FILM === '' || !existsSync(path)) return route.fulfill({ status: 404, body: '' });
    const contentType = TYPES[name.split('.').pop()] ?? 'application/octet-stream';
    return route.fulfill({ status: 200, contentType, body: await readFile(path) });
  });
  await page.routeWebSocket(/\/api\/v1\/rooms\/.*\/ws/, (socket) => {
    scene.live = new LiveRoom(socket, scene);
  });
}

function answerTo(scene, method, path, request) {
  if (scene.answer !== undefined) {
    const own = scene.answer(method, path, { json, problem, resource });
    if (own !== undefined) return own;
  }
  if (path === 'setup') return json({ ...SETUP, ...scene.setup });
  if (path === 'me') {
    return scene.me === undefined ? problem(401, 'unauthenticated') : resource('user', scene.me);
  }
  if (path.startsWith('auth/')) return json({ user: scene.me ?? user(), token: 't' }, 201);
  if (path === 'rooms' && method === 'GET') return json({ rooms: scene.rooms ?? [] });
  if (path === 'rooms') return resource('room', scene.room ?? roomInfo());
  if (path === '/health') return json(scene.health ?? { status: 'ok', components: {} });
  if (path === 'videos') return json({ videos: scene.videos ?? [] });
  if (path.endsWith('/bans')) return json({ bans: scene.bans ?? [] });
  if (path.endsWith('/messages')) return json({ messages: [], more: false });
  if (path.endsWith('/join')) {
    return (
      scene.join ??
      json({ room: scene.room ?? roomInfo(), member: {}, ws: `/api/v1/rooms/${CODE}/ws?ticket=t` })
    );
  }
  if (path === 'uploads' && method === 'POST') {
    return {
      status: 201,
      headers: {
        Location: '/api/v1/uploads/u1',
        'SyncWatch-Video': 'video-1',
        'Tus-Resumable': '1.0.0',
      },
    };
  }
  if (path.startsWith('uploads/')) {
    if (scene.uploadStatus !== undefined) return { status: scene.uploadStatus, body: '' };
    const offset = Number(request.headers()['upload-offset'] ?? 0);
    if (method === 'PATCH' && offset > 0) return null;
    return {
      status: 204,
      headers: { 'Upload-Offset': String(scene.uploaded ?? 0), 'Tus-Resumable': '1.0.0' },
    };
  }
  if (path.startsWith('rooms/')) {
    return scene.room === null
      ? problem(404, 'not_found')
      : resource('room', scene.room ?? roomInfo());
  }
  return problem(404, 'not_found');
}

/** The room behind one socket: says what the scene wants and answers what has to be answered. */
class LiveRoom {
  constructor(socket, scene) {
    this.socket = socket;
    this.scene = scene;
    this.stamp = 1;
    this.playback = {
      item: null,
      video: null,
      paused: true,
      rate: 1,
      position: 0,
      at_us: this.nowUs(),
      stamp: '1.0.n',
      by: null,
      held: [],
      hold: null,
      ...scene.inside?.playback,
    };
    socket.onMessage((text) => this.heard(JSON.parse(text)));
  }

  nowUs() {
    return Math.round(Date.now() * 1000);
  }

  say(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  control(change, by = ADA) {
    this.stamp += 1;
    this.playback = {
      ...this.playback,
      at_us: this.nowUs() + 100_000,
      ...change,
      stamp: `${this.stamp}.0.n`,
      by,
    };
    this.say({ type: 'playback', playback: this.playback });
  }

  heard(frame) {
    const { inside = {} } = this.scene;
    if (inside.silent) return;
    if (frame.type === 'hello') {
      this.say({
        type: 'welcome',
        protocol: 1,
        you: {
          ...member(ADA, 'Ada', { kind: 'user', role: 'owner', host: true }),
          resume: ADA,
          ...inside.you,
        },
        room: { ...roomInfo(), ...inside.room },
        members: inside.members ?? [
          member(ADA, 'Ada', { kind: 'user', role: 'owner', host: true, ...inside.you }),
        ],
        playback: this.playback,
        queue: inside.queue ?? [],
        messages: inside.messages ?? [],
        ice: [],
        now_us: this.nowUs(),
      });
      for (const one of inside.frames ?? []) this.say(one);
    } else if (frame.type === 'clock') {
      const now = this.nowUs();
      this.say({ type: 'clock', t0: frame.t0, t1: now, t2: now });
    } else if (frame.type === 'control') {
      this.say({ type: 'ack', id: frame.id });
      if (frame.action === 'play') this.control({ paused: false, position: frame.position ?? 0 });
      if (frame.action === 'pause')
        this.control({ paused: true, position: frame.position ?? 0, at_us: this.nowUs() });
      if (frame.action === 'seek') this.control({ position: frame.position });
    } else if (frame.type === 'chat') {
      if (inside.refuseChat)
        this.say({ type: 'error', id: frame.id, code: 'unavailable', message: '' });
      else if (!inside.holdChat) {
        this.say({ type: 'ack', id: frame.id, message: `m-${frame.id}` });
        this.say({
          type: 'chat',
          message: {
            id: `m-${frame.id}`,
            by: ADA,
            name: 'Ada',
            text: frame.text,
            reply_to: frame.reply_to ?? null,
            position: 1,
            sent_at: this.nowUs(),
          },
        });
      }
    } else if (frame.type === 'react') {
      this.say({
        type: 'react',
        by: ADA,
        name: 'Ada',
        emoji: frame.emoji,
        position: frame.position ?? null,
      });
    } else if (frame.id !== undefined) {
      this.say({ type: 'ack', id: frame.id });
    }
  }
}

export function said(index, by, name, text, change = {}) {
  return {
    id: `m${String(index).padStart(3, '0')}`,
    by,
    name,
    text,
    reply_to: null,
    position: index * 3,
    sent_at: Math.round((Date.now() - (40 - index) * 37_000) * 1000),
    ...change,
  };
}
