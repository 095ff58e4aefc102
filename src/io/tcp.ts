// A serial server on the network: a raw TCP stream of the bus's bytes.

import { connect, type Socket } from 'node:net';
import { bounded, deferred } from './deferred.ts';
import type { Link, LinkSettings, Port } from './link.ts';

type TcpPort = Extract<Port, { type: 'tcp' }>;

const CONNECT_WITHIN = 5_000;
/** A server that has no room for another connection accepts it and closes it at once. */
const STANDS_AFTER = 300;
const KEEP_ALIVE_AFTER = 10_000;
const MOST_UNWRITTEN = 128;
/**
 * A peer that is gone without a word: we write, nothing comes back any more. Keep-alive does not see it while unsent
 * bytes wait. Chargers answer every heartbeat, and a genuine master says one every second, so on a connection that was
 * alive such a silence means that it is not.
 */
const DEAD_AFTER = 20_000;

export async function openTcp(
  place: TcpPort,
  { mayWrite, received }: LinkSettings,
  signal: AbortSignal,
): Promise<Link> {
  const { name: port } = place;
  const socket = connect({ host: place.host, port: place.port, noDelay: true });
  await connected(socket, port, signal);
  socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
  const closed = deferred<string>();
  let watchdog: NodeJS.Timeout | undefined;
  let alive = false;
  const watch = () => {
    const silent = () => socket.destroy(new Error(`silent for ${DEAD_AFTER / 1_000} s`));
    watchdog ??= setTimeout(silent, DEAD_AFTER);
  };
  const allowance = createAllowance();
  socket.on('data', (bytes) => {
    if (!allowance.take(bytes.length)) {
      socket.destroy(new Error('sends faster than a bus of 9600 baud can; is it the serial server of the chargers?'));
      return;
    }
    alive = true;
    clearTimeout(watchdog);
    watchdog = undefined;
    if (!mayWrite) watch();
    received(bytes);
  });
  socket.on('error', (error) => closed.resolve(describeError(port, error)));
  socket.on('end', () => socket.destroy());
  socket.on('close', () => {
    clearTimeout(watchdog);
    closed.resolve(`${port}: the other side closed the connection`);
  });
  const write = (bytes: Uint8Array) => {
    if (socket.writableLength < MOST_UNWRITTEN) socket.write(bytes);
    if (alive) watch();
  };
  await standing(socket, closed.promise);
  return {
    port,
    write: mayWrite ? write : undefined,
    closed: closed.promise,
    async close() {
      socket.destroy();
      await closed.promise;
    },
  };
}

async function connected(socket: Socket, port: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = deferred<void>();
  socket.once('connect', resolve);
  socket.once('error', reject);
  try {
    await bounded(promise, {
      signal,
      within: CONNECT_WITHIN,
      late: `no connection within ${CONNECT_WITHIN / 1_000} s`,
    });
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw new Error(describeError(port, error as Error));
  } finally {
    socket.off('connect', resolve);
    socket.off('error', reject);
  }
}

/** Rejects when the connection is gone before it was of use. */
async function standing(socket: Socket, closed: Promise<string>): Promise<void> {
  const used = deferred<undefined>();
  socket.once('data', () => used.resolve(undefined));
  const first = Promise.race([closed, used.promise]);
  const reason = await bounded(first, { within: STANDS_AFTER }).catch(() => undefined);
  if (reason !== undefined) throw new Error(`${reason} at once; does another program use the serial server?`);
}

/** What a serial server has kept may come at once; what never ends is no bus, and would leave no time for the chargers. */
const MOST_AT_ONCE = 65_536;
const MOST_PER_SECOND = 4_000;

function createAllowance() {
  let free = MOST_AT_ONCE;
  let at = performance.now();
  return {
    /** False when there were more bytes than a bus can have. */
    take(bytes: number): boolean {
      const now = performance.now();
      free = Math.min(MOST_AT_ONCE, free + ((now - at) / 1_000) * MOST_PER_SECOND) - bytes;
      at = now;
      return free >= 0;
    },
  };
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection; is the serial server on, and the port right?',
  ENOTFOUND: 'there is no such host',
  EHOSTUNREACH: 'the host cannot be reached',
  ECONNRESET: 'the other side reset the connection',
  ETIMEDOUT: 'the other side does not answer',
};

function describeError(port: string, error: NodeJS.ErrnoException): string {
  return `${port}: ${words[error.code ?? ''] ?? error.message}`;
}
