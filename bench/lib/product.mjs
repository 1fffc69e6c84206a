// The product as users run it, in a folder of its own, with limits out of the way of a load that
// comes from one address. Nothing is patched: they are settings.
import { readFileSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { Child } from './child.mjs';
import { anywhere, pinned, serverCore } from './cores.mjs';
import { program, scratch } from './paths.mjs';

const unlimited = '1000000 at once, 1000000/s';

export class Product {
  /** Starts and answers. `core` null: wherever the system likes. */
  static async start({ command: verb = 'serve', core = serverCore, threads = 1, settings = {}, data = scratch('data'), options = [], asOwner = (command) => command } = {}) {
    const product = new Product();
    product.data = data;
    const environment = {
      SYNCWATCH_LIMITS_ADDRESS: unlimited,
      SYNCWATCH_LIMITS_ACCOUNT: unlimited,
      SYNCWATCH_LIMITS_GUEST: unlimited,
      SYNCWATCH_LIMITS_SIGN_IN: unlimited,
      SYNCWATCH_LIMITS_CHAT: unlimited,
      SYNCWATCH_LIMITS_REACTIONS: unlimited,
      SYNCWATCH_LIMITS_FRAMES: unlimited,
      SYNCWATCH_LIMITS_COMMANDS: unlimited,
      SYNCWATCH_SERVER_THREADS: String(threads),
      SYNCWATCH_LOG_FORMAT: 'json',
      SYNCWATCH_DATA_DIR: product.data,
      ...settings,
    };
    const command = asOwner([program('syncwatch'), verb, '--listen', '127.0.0.1:0', ...options]);
    product.child = new Child(core === null ? anywhere(command) : pinned(core, command), { environment });
    product.base = /https?:\S+/.exec(await product.child.line())[0];
    product.port = Number(new URL(product.base).port);
    return product;
  }

  get pid() {
    return this.child.pid;
  }

  async call(method, path, body, headers = {}) {
    const isJson = body !== undefined && !(body instanceof Uint8Array);
    const response = await fetch(this.base + path, {
      method,
      headers: {
        ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
        ...(isJson ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status} ${text}`);
    return { headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** The first account, which is the admin's. */
  async signUp() {
    const { body } = await this.call('POST', '/api/v1/auth/register', {
      username: 'bench',
      password: 'a long enough password',
    });
    this.token = body.token;
  }

  async createRooms(count, capacity) {
    const codes = [];
    for (let i = 0; i < count; ++i) {
      const { body } = await this.call('POST', '/api/v1/rooms', { name: `Room ${i}`, capacity });
      codes.push(body.room.code);
    }
    return codes;
  }

  /** Polls until `look` gives something. */
  async until(look, { every = 50, patience = 600000 } = {}) {
    const end = Date.now() + patience;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited in vain; the server says:\n${this.child.said.slice(-2000)}`);
      await sleep(every);
    }
  }

  /** Uploads a file by tus; the id of the video that it becomes. `onSent` runs at its last byte. */
  async upload(file, onSent = () => {}, { room } = {}) {
    const tus = { 'Tus-Resumable': '1.0.0' };
    const metadata = { filename: 'film.mp4', ...(room ? { room } : {}) };
    const inBase64 = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
    const { headers } = await this.call('POST', '/api/v1/uploads', undefined, {
      ...tus,
      'Upload-Length': String(statSync(file).size),
      'Upload-Metadata': inBase64.join(','),
    });
    const { pathname } = new URL(headers.get('Location'), this.base);
    await this.call('PATCH', pathname, readFileSync(file), {
      ...tus,
      'Upload-Offset': '0',
      'Content-Type': 'application/offset+octet-stream',
    });
    onSent();
    return headers.get('SyncWatch-Video');
  }

  /** Waits until a video is ready; what is said of it then. */
  ready(video) {
    return this.until(async () => {
      const { body } = await this.call('GET', `/api/v1/videos/${video}`);
      if (body.status === 'failed') throw new Error(`a film failed: ${JSON.stringify(body.error)}`);
      return body.status === 'ready' ? body : undefined;
    }, { every: 250, patience: 300000 });
  }

  async stop({ keepData = false } = {}) {
    await this.child.end();
    if (keepData) return;
    rmSync(this.data, { recursive: true, force: true });
  }
}
