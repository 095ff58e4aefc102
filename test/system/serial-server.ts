// A serial server on the network, with its bad days: off, resetting connections.

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Cable } from './cable.ts';
import { freePort } from './free-port.ts';

export interface SerialServer extends Cable {
  listen(): Promise<void>;
  /** Resets the bridge's connection. */
  reset(): void;
  readonly connections: number;
}

/** Listens once it is told to. */
export async function createSerialServer(): Promise<SerialServer> {
  const port = await freePort();
  const takers: ((bytes: Uint8Array) => void)[] = [];
  let server: Server | undefined;
  let socket: Socket | undefined;
  let connections = 0;
  return {
    port: `tcp://127.0.0.1:${port}`,
    send: (bytes) => void socket?.write(bytes),
    onBytes: (take) => void takers.push(take),
    get connections() {
      return connections;
    },
    async listen() {
      server = createServer({ noDelay: true }, (connected) => {
        connections++;
        socket = connected;
        connected.on('error', () => {});
        connected.on('data', (bytes) => {
          for (const take of takers) take(bytes);
        });
      }).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    reset: () => void socket?.resetAndDestroy(),
    async [Symbol.asyncDispose]() {
      socket?.destroy();
      server?.close();
    },
  };
}
