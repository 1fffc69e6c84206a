/** The ports of a room session as a browser has them. */
import { SUBPROTOCOL } from '../protocol';
import type { Join, OpenSocket, RoomPorts } from './room-ports';

/** A close code of our own: we give this socket up, and come back over another one. */
const BROKEN = 4000;

const openSocket: OpenSocket = (path, handlers) => {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.addEventListener('open', () => {
    handlers.opened();
  });
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    handlers.received(event.data);
  });
  socket.addEventListener(
    'close',
    (event) => {
      handlers.closed(event.code);
    },
    { once: true },
  );
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: (leaving) => {
      socket.close(leaving ? 1000 : BROKEN);
    },
  };
};

export function browserPorts(join: Join): RoomPorts {
  return {
    join,
    openSocket,
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
    chance: () => Math.random(),
  };
}
