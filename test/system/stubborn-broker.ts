// Brokers that behave badly: one says nothing at all, one takes every publication and acknowledges none.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';

export interface StubbornBroker extends AsyncDisposable {
  readonly url: string;
  readonly connections: number;
  /** Publications that came. */
  readonly publications: number;
}

/** Without a port it takes a free one. */
export function startSilentBroker(port = 0): Promise<StubbornBroker> {
  return startBroker(port, () => undefined);
}

export function startStallingBroker(port = 0): Promise<StubbornBroker> {
  return startBroker(port, (packet) => {
    if (packet.cmd === 'connect') return { cmd: 'connack', returnCode: 0, sessionPresent: false };
    if (packet.cmd === 'subscribe') {
      return { cmd: 'suback', messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(({ qos }) => qos) };
    }
    return packet.cmd === 'pingreq' ? { cmd: 'pingresp' } : undefined;
  });
}

async function startBroker(wanted: number, answer: (packet: Packet) => Packet | undefined): Promise<StubbornBroker> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let publications = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    const packets = parser().on('packet', (packet: Packet) => {
      if (packet.cmd === 'publish') publications++;
      const answered = answer(packet);
      if (answered) socket.write(generate(answered));
    });
    socket.on('data', (bytes) => void packets.parse(bytes));
    socket.on('error', () => {});
  }).listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    get publications() {
      return publications;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
