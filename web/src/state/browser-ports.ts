/** The ports of a room session as a browser has them. */
import { SUBPROTOCOL } from '../protocol';
import type { Join, OpenSocket, RoomPorts } from './room-ports';

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
    close: () => {
      socket.close(1000);
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
