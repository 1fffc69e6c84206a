import { createServer, connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Knocks until a GET of `path` is answered with 200; when that was, by performance.now(). */
export async function firstAnswer(port, path, { patience = 20000 } = {}) {
  const end = performance.now() + patience;
  const knock = () =>
    new Promise((resolve) => {
      let heard = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      });
      socket.on('error', () => resolve(undefined));
      socket.on('close', () => resolve(undefined));
      socket.on('data', (bytes) => {
        heard += bytes;
        if (!heard.includes('\r\n')) return;
        resolve(heard.startsWith('HTTP/1.1 200') ? performance.now() : undefined);
        socket.destroy();
      });
    });
  while (performance.now() < end) {
    const at = await knock();
    if (at !== undefined) return at;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`nobody answers at port ${port}`);
}
