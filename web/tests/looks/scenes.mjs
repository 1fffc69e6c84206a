/** The states to look at. `act` does what a person would do to get there. */
import { NOWHERE, POOR, WELL } from './recovery.mjs';
import { ADA, CODE, film, member, roomInfo, said, user, video } from './scripted.mjs';

/** The page about recovery, as the server answers. */
const recovery = (name, answer) => ({
  name,
  path: '/admin/recovery',
  me: user(),
  answer: (method, path, { json, problem }) =>
    path === 'admin/recovery'
      ? answer === null
        ? problem(503, 'unavailable', { component: 'backup' })
        : json(answer)
      : undefined,
});

const BO = '01939f2e-6f00-7000-8000-000000000002';
const CLEO = '01939f2e-6f00-7000-8000-000000000003';
const DINA = '01939f2e-6f00-7000-8000-000000000004';
const LONG = 'Anna-Lena Maximiliane von der Hohenstein-Oberbergischen';

const PEOPLE = [
  member(ADA, 'Ada', { kind: 'user', role: 'owner', host: true, drift_ms: 0.4 }),
  member(BO, 'Bo', { role: 'moderator', kind: 'user', drift_ms: -3.2 }),
  member(CLEO, 'Cleo', { state: 'buffering', drift_ms: -18_000 }),
  member(DINA, LONG, { state: 'away', drift_ms: null }),
];

const TALK = [
  said(1, BO, 'Bo', 'Made popcorn. Too much of it.'),
  said(2, BO, 'Bo', 'Is everybody here?'),
  said(3, ADA, 'Ada', 'Yes. Starting in a minute'),
  said(4, CLEO, 'Cleo', '🎉'),
  said(
    9,
    DINA,
    LONG,
    'That butterfly at 0:41 is the best thing I have seen all week, and I have seen quite a few things',
  ),
  said(10, BO, 'Bo', 'agreed', { reply_to: 'm009' }),
  said(
    11,
    CLEO,
    'Cleo',
    'Where is this from? https://peach.blender.org/about/ says something about it.',
  ),
  said(14, ADA, 'Ada', '😂😂'),
];

const QUEUE = [
  film(),
  film({
    id: 'item-2',
    video: 'video-2',
    title: 'A very long title of a film that nobody can remember, director’s cut (1978)',
    duration: 7_384,
    votes: 2,
    added_by: BO,
  }),
  film({
    id: 'item-3',
    video: 'video-3',
    title: 'Holiday',
    duration: 612,
    playable_until: 120,
    status: 'transcoding',
    progress: 0.2,
    votes: 0,
    master: null,
  }),
  film({
    id: 'item-4',
    video: 'video-4',
    title: 'broken.mov',
    duration: null,
    playable_until: 0,
    status: 'failed',
    error: { code: 'no_video', message: '' },
    poster: null,
    master: null,
  }),
];

const ON = { item: 'item-1', video: 'video-1', position: 12, paused: true };
const inside = (change = {}) => ({
  members: PEOPLE,
  queue: QUEUE,
  messages: TALK,
  playback: ON,
  ...change,
});

/** Comes in through the start page, as somebody who clicked. */
async function enter(page) {
  await page.locator(`a[href="/room/${CODE}"]`).first().click();
  await page.locator('[data-testid=sync-badge], [data-testid=film-state] h2').first().waitFor();
}

/** Brings the controls back, as a finger or a pointer does. */
async function wake(page) {
  const picture = page.getByTestId('picture');
  if ((page.viewportSize()?.width ?? 0) < 600) {
    await picture.tap({ position: { x: 60, y: 60 } });
  } else {
    await picture.hover({ position: { x: 60, y: 80 } });
    await picture.hover({ position: { x: 80, y: 90 } });
  }
  await page.waitForTimeout(300);
}

const room = (name, change, act) => ({
  name: `room-${name}`,
  path: '/',
  me: user(),
  rooms: [roomInfo({ mine: true })],
  room: roomInfo({ mine: true }),
  inside: inside(change),
  act: async (page, scene) => {
    await enter(page);
    await page.waitForTimeout(900);
    await act?.(page, scene);
  },
});

const HEALTH = {
  status: 'degraded',
  version: '0.1.0',
  node: 'cellar',
  components: {
    database: { status: 'ok', latency_ms: 0.4, detail: null },
    bus: { status: 'ok', latency_ms: null, detail: null },
    objects: { status: 'degraded', latency_ms: 210, detail: '3 GB are left on the disk' },
    transcoder: { status: 'ok', latency_ms: null, detail: null },
    turn: { status: 'disabled', latency_ms: null, detail: null },
  },
};

export const SCENES = [
  { name: 'first-start', path: '/', setup: { needs_first_account: true } },
  {
    name: 'first-start-token',
    path: '/',
    setup: { needs_first_account: true, needs_setup_token: true },
    answer: (method, path, { problem }) =>
      path === 'auth/register'
        ? problem(422, 'invalid', {
            errors: [{ field: 'password', message: 'must have at least 8 characters' }],
          })
        : undefined,
    act: async (page) => {
      await page.getByLabel('Name').fill('ada');
      await page.getByLabel('Password').fill('short');
      await page.getByLabel('Setup token').fill('x');
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByText('Must have at least').waitFor();
    },
  },
  { name: 'landing', path: '/' },
  {
    name: 'sign-in',
    path: '/sign-in',
    answer: (method, path, { problem }) =>
      path === 'auth/login' ? problem(401, 'unauthenticated') : undefined,
    act: async (page) => {
      await page.getByLabel('Name').fill('ada');
      await page.getByLabel('Password').fill('wrong password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'sign-up-closed', path: '/sign-up', setup: { sign_up: 'invitation' } },
  {
    name: 'start',
    path: '/',
    me: user(),
    rooms: [
      roomInfo({ mine: true }),
      roomInfo({
        code: 'BBBBB-12345',
        mine: true,
        name: 'An evening with a room name that is much longer than any card is wide',
        present: 0,
        members: [],
        has_password: true,
      }),
      roomInfo({
        code: 'CCCCC-12345',
        name: 'Open to all',
        visibility: 'public',
        owner_name: LONG,
        owner: BO,
      }),
    ],
  },
  { name: 'start-empty', path: '/', me: user({ display_name: LONG, admin: false }), rooms: [] },
  {
    name: 'start-guest',
    path: '/',
    me: user({ kind: 'guest', username: null, admin: false, display_name: 'Bo' }),
    rooms: [],
  },
  { name: 'not-found', path: '/nowhere', me: user() },
  {
    name: 'library',
    path: '/library',
    me: user(),
    videos: [
      video(),
      video({
        id: 'v2',
        title: 'A very long title of a film that nobody can remember, director’s cut (1978)',
        status: 'transcoding',
        progress: 0.34,
        eta_seconds: 190,
        playable_until: 80,
      }),
      video({
        id: 'v3',
        title: 'broken.mov',
        status: 'failed',
        poster: null,
        duration: 0,
        error: { code: 'no_video', message: '' },
      }),
      video({
        id: 'v4',
        title: 'Interrupted',
        status: 'uploading',
        poster: null,
        duration: 0,
        playable_until: 0,
        upload: { id: 'u4', offset: 43_000_000, length: 100_000_000, expires_at: null },
      }),
      video({
        id: 'v5',
        title: 'Fresh from the camera',
        status: 'probing',
        poster: null,
        duration: 0,
        playable_until: 0,
        progress: 0,
      }),
    ],
  },
  { name: 'library-empty', path: '/library', me: user(), videos: [] },
  {
    name: 'library-uploading',
    path: '/library',
    me: user(),
    videos: [video()],
    uploaded: 31_000,
    act: async (page) => {
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles([
          { name: 'Summer.2024.mkv', mimeType: 'video/x-matroska', buffer: Buffer.alloc(100_000) },
          { name: 'Winter.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(90_000) },
          { name: 'Autumn.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(90_000) },
        ]);
      await page.waitForTimeout(800);
      await page.getByRole('button', { name: 'Pause' }).nth(1).click();
    },
  },
  {
    name: 'library-menu',
    path: '/library',
    me: user(),
    videos: [video()],
    act: async (page) => {
      await page
        .getByRole('button', { name: /More about/ })
        .first()
        .click();
    },
  },
  {
    name: 'library-subtitles',
    path: '/library',
    me: user(),
    videos: [
      video({
        subtitles: [
          { id: 's0', language: 'en', title: 'English', source: 'embedded', url: null },
          { id: 's1', language: 'de', title: 'holiday.de', source: 'uploaded', url: null },
        ],
      }),
    ],
    act: async (page) => {
      await page
        .getByRole('button', { name: /More about/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'Subtitles' }).click();
    },
  },
  { name: 'account', path: '/account', me: user() },
  {
    name: 'account-guest',
    path: '/account',
    me: user({ kind: 'guest', username: null, admin: false, display_name: 'Bo' }),
  },
  {
    name: 'admin',
    path: '/admin',
    me: user(),
    health: HEALTH,
    setup: { sign_up: 'invitation' },
    videos: [video({ status: 'transcoding', progress: 0.34, eta_seconds: 190 })],
    answer: (method, path, { json }) =>
      path === 'invitations'
        ? json({ token: 'k3Tz0', expires_at: '2025-12-01T12:00:00Z' }, 201)
        : undefined,
    act: async (page) => {
      await page.getByRole('button', { name: 'Make an invitation' }).click();
    },
  },
  recovery('recovery', WELL),
  recovery('recovery-poor', POOR),
  recovery('recovery-nowhere', NOWHERE),
  recovery('recovery-away', null),
  {
    name: 'door',
    path: `/room/${CODE}`,
    room: roomInfo({ film: { title: 'Big Buck Bunny', poster: film().poster } }),
  },
  {
    name: 'door-empty',
    path: `/room/${CODE}`,
    me: user({ kind: 'guest', username: null, display_name: LONG }),
    room: roomInfo({
      present: 0,
      members: [],
      name: 'An evening with a room name that is longer than usual',
    }),
  },
  {
    name: 'door-password',
    path: `/room/${CODE}`,
    room: roomInfo({ has_password: true, members: [], film: null }),
    answer: (method, path, { problem }) =>
      path.endsWith('/join')
        ? problem(429, 'locked_out', { headers: { 'Retry-After': '270' } })
        : undefined,
    act: async (page) => {
      await page.getByLabel('Your name').fill('Bo');
      await page.getByLabel('Password of the room').fill('wrong');
      await page.getByRole('button', { name: 'Join' }).click();
      await page.getByText('Too many wrong tries').waitFor();
    },
  },
  { name: 'door-full', path: `/room/${CODE}`, room: roomInfo({ present: 50, members: [] }) },
  { name: 'door-gone', path: `/room/${CODE}`, room: null },
  {
    name: 'door-banned',
    path: `/room/${CODE}`,
    me: user(),
    answer: (method, path, { problem }) =>
      path.endsWith('/join') ? problem(403, 'banned') : undefined,
    act: async (page) => {
      await page.getByRole('button', { name: 'Join' }).click();
      await page.getByText('You have been banned').waitFor();
    },
  },
  room('chat', {}),
  room('playing', { playback: { ...ON, paused: false } }, async (page) => {
    await page.waitForTimeout(1500);
  }),
  room('alone', { members: PEOPLE.slice(0, 1), queue: [], messages: [], playback: {} }),
  room('people', {}, async (page) => {
    await page.getByRole('tab', { name: /People/ }).click();
  }),
  room('people-menu', {}, async (page) => {
    await page.getByRole('tab', { name: /People/ }).click();
    await page.getByRole('button', { name: 'More about Bo' }).click();
  }),
  room('queue', {}, async (page) => {
    await page.getByRole('tab', { name: /Queue/ }).click();
  }),
  room('queue-empty', { queue: [], playback: {} }, async (page) => {
    await page.getByRole('tab', { name: /Queue/ }).click();
  }),
  room('invite', {}, async (page) => {
    await page.getByRole('button', { name: 'Invite' }).first().click();
    await page.waitForTimeout(500);
  }),
  room('settings', {}, async (page) => {
    await page.getByRole('button', { name: 'Room menu' }).click();
    await page.getByRole('menuitem', { name: 'Room settings' }).click();
    await page.waitForTimeout(300);
  }),
  room('shortcuts', {}, async (page) => {
    await page.keyboard.press('?');
    await page.waitForTimeout(300);
  }),
  room('emoji', {}, async (page) => {
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.waitForTimeout(700);
  }),
  room('sync', { playback: { ...ON, paused: false } }, async (page) => {
    await page.waitForTimeout(2500);
    await wake(page);
    await page.getByTestId('sync-badge').click();
    await page.waitForTimeout(400);
  }),
  room('options', {}, async (page) => {
    await page.getByRole('button', { name: 'Picture, sound and speed' }).click();
    await page.waitForTimeout(300);
  }),
  room('subtitles', {}, async (page) => {
    await page.keyboard.press('s');
    await page.waitForTimeout(600);
    await page.getByRole('button', { name: 'Subtitles' }).click();
    await page.waitForTimeout(300);
  }),
  room('scrub', {}, async (page) => {
    await page.getByRole('slider', { name: 'Place in the film' }).hover();
    await page.waitForTimeout(700);
  }),
  room('reactions', { playback: { ...ON, paused: false } }, async (page) => {
    for (const key of ['1', '6', '7']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(350);
    }
  }),
  room('hold', {
    playback: {
      ...ON,
      held: [CLEO],
      hold: { until_us: Date.now() * 1000 + 60_000_000, members: [CLEO] },
    },
  }),
  room('activity', {}, async (page, scene) => {
    scene.live.control({ paused: false, position: 12 }, BO);
    await page.waitForTimeout(600);
  }),
  room('reconnecting', { playback: { ...ON, paused: false } }, async (page, scene) => {
    scene.answer = (method, path, { problem }) =>
      path.endsWith('/join') ? problem(503, 'unavailable') : undefined;
    await scene.live.socket.close({ code: 1012 });
    await page.waitForTimeout(1600);
  }),
  room('notice', {
    frames: [{ type: 'notice', code: 'database_degraded', active: true, message: '' }],
  }),
  room('kicked', {}, async (page, scene) => {
    await scene.live.socket.close({ code: 4403 });
    await page.getByText('You were removed').waitFor();
  }),
  room('uploading', {
    queue: [
      film({
        status: 'uploading',
        progress: 0.43,
        playable_until: 0,
        duration: null,
        master: null,
        added_by: BO,
      }),
    ],
  }),
  room('preparing', {
    queue: [film({ status: 'transcoding', progress: 0, playable_until: 0, master: null })],
  }),
  room('failed', {
    queue: [
      film({
        status: 'failed',
        playable_until: 0,
        master: null,
        error: { code: 'unsupported_codec', message: '' },
      }),
    ],
  }),
  room(
    'growing',
    { queue: [film({ status: 'transcoding', progress: 0.4, playable_until: 40 })] },
    async (page) => {
      await page
        .getByRole('slider', { name: 'Place in the film' })
        .hover({ position: { x: 150, y: 8 } });
      await page.waitForTimeout(600);
    },
  ),
  room(
    'viewer',
    {
      you: { role: 'viewer', host: false },
      room: { control: 'host' },
      members: [
        member(ADA, 'Ada', { role: 'viewer' }),
        member(BO, 'Bo', { role: 'owner', host: true }),
      ],
    },
    async (page) => {
      await page.getByTestId('play').click();
      await page.waitForTimeout(300);
    },
  ),
  room('gesture', { playback: { ...ON, paused: false } }),
  room('unsent', { refuseChat: true }, async (page) => {
    await page.getByLabel('Write a message').fill('Does this arrive?');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(500);
  }),
  room('theatre', {}, async (page) => {
    await page.keyboard.press('t');
    await page.waitForTimeout(300);
  }),
  room('fullscreen', {}, async (page, scene) => {
    await page.keyboard.press('f');
    await page.waitForTimeout(500);
    scene.live.say({ type: 'chat', message: said(38, BO, 'Bo', 'Look at 0:41') });
    scene.live.say({
      type: 'chat',
      message: said(
        39,
        CLEO,
        'Cleo',
        'Ha, that is a rather long line which will have to wrap around somewhere',
      ),
    });
    await page.keyboard.press('c');
    await page.waitForTimeout(500);
  }),
  room('add', {}, async (page) => {
    await page.getByRole('tab', { name: /Queue/ }).click();
    await page.getByRole('button', { name: 'Add a film' }).click();
    await page.waitForTimeout(400);
  }),
  room('ban', {}, async (page) => {
    await page.getByRole('tab', { name: /People/ }).click();
    await page.getByRole('button', { name: 'More about Bo' }).click();
    await page.getByRole('menuitem', { name: 'Ban from the room' }).click();
    await page.waitForTimeout(300);
  }),
];

for (const scene of SCENES) {
  if (scene.name === 'room-add')
    scene.videos = [video(), video({ id: 'v2', title: 'Holiday', status: 'transcoding' })];
  if (scene.name === 'room-gesture') scene.refusePlay = true;
  if (scene.name === 'room-settings')
    scene.bans = [
      {
        id: 'b1',
        user: BO,
        address: null,
        name: 'Eve',
        created_at: '2025-11-20T12:00:00Z',
        until: null,
      },
    ];
  if (scene.name === 'landing' || scene.name.startsWith('door')) scene.stranger = true;
}
