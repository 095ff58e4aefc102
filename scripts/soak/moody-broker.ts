// A broker with moods, always at the same address: it works, it takes everything and acknowledges nothing, or it is not there.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { startMosquitto } from '../../test/system/mosquitto.ts';
import { startStallingBroker } from '../../test/system/stubborn-broker.ts';

export type Mood = 'works' | 'stalls' | 'away';

export interface MoodyBroker extends AsyncDisposable {
  readonly url: string;
  /** Ends the connections that there are. */
  become(mood: Mood): void;
}

export async function startMoodyBroker(): Promise<MoodyBroker> {
  const [working, stalling] = await Promise.all([startMosquitto({ quiet: true }), startStallingBroker()]);
  const behind = { works: working.url, stalls: stalling.url, away: undefined };
  const sockets = new Set<Socket>();
  let mood: Mood = 'works';
  const server = createServer((near) => {
    const url = behind[mood];
    if (url === undefined) return near.destroy();
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    become(next) {
      mood = next;
      hangUp();
    },
    async [Symbol.asyncDispose]() {
      hangUp();
      server.close();
      await Promise.all([working[Symbol.asyncDispose](), stalling[Symbol.asyncDispose]()]);
    },
  };
}
