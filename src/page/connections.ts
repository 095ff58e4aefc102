// A bound on the connections of the page's server. When there are too many, the one that has sent nothing complete for the
// longest time is closed, so that slow senders cannot keep others out.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MOST_CONNECTIONS = 100;
/** Without a request that is being answered. */
const MOST_WAITING = 30;

export function boundConnections(server: Server): void {
  /** Oldest first. */
  const waiting = new Set<Socket>();
  server.maxConnections = MOST_CONNECTIONS;

  function wait(socket: Socket): void {
    if (socket.destroyed) return;
    waiting.add(socket);
    if (waiting.size <= MOST_WAITING) return;
    for (const oldest of waiting) {
      waiting.delete(oldest);
      oldest.destroy();
      return;
    }
  }

  server.on('connection', (socket: Socket) => {
    socket.once('close', () => waiting.delete(socket));
    wait(socket);
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    waiting.delete(socket);
    response.once('close', () => wait(socket));
  });
}
