// Something on the way of a TCP connection that goes wrong: it is off, passes nothing on, or throws everybody out.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

export interface Detour extends AsyncDisposable {
  readonly port: number;
  /** From now on: `on` passes everything on, `stalled` nothing without telling, `busy` closes what connects, `off` refuses. */
  becomes(mood: Mood): Promise<void>;
}

type Mood = 'on' | 'stalled' | 'busy' | 'off';

export async function startDetour(to: number): Promise<Detour> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let mood: Mood = 'off';
  let server: Server | undefined;

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    return socket;
  }

  function accept(near: Socket): void {
    keep(near);
    if (mood === 'busy') return void near.destroy();
    const far = keep(connect({ port: to, host: '127.0.0.1', noDelay: true }));
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => void into.write(bytes));
      from.on('close', () => into.destroy());
      if (mood === 'stalled') from.pause();
    }
  }

  async function becomes(next: Mood): Promise<void> {
    mood = next;
    if (next === 'off' || next === 'busy') for (const socket of sockets) socket.destroy();
    if (next === 'stalled') for (const socket of sockets) socket.pause();
    if (next === 'on') for (const socket of sockets) socket.resume();
    if (next === 'off' && server) {
      const closed = once(server, 'close');
      server.close();
      server = undefined;
      await closed;
    }
    if (next === 'off' || server) return;
    server = createServer({ noDelay: true }, accept).listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  await becomes('on');
  return {
    port,
    becomes,
    [Symbol.asyncDispose]: () => becomes('off'),
  };
}
