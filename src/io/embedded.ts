// A broker of our own, for trying the bridge without one. It listens on this machine only.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

const HOST = '127.0.0.1';

export interface EmbeddedBroker {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on the port, or on a free one when that is taken. */
export async function startEmbedded(port: number): Promise<EmbeddedBroker> {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  const listen = async (wanted: number) => {
    server.listen(wanted, HOST);
    await once(server, 'listening');
  };
  try {
    await listen(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    await listen(0);
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close();
        broker.close(() => resolve());
      }),
  };
}
