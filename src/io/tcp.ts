// A serial server on the network: a raw TCP stream of the bus's bytes.

import { connect, type Socket } from 'node:net';
import { deferred, unlessAborted } from './deferred.ts';
import type { Link, LinkSettings, Port } from './link.ts';

type TcpPort = Extract<Port, { type: 'tcp' }>;

const CONNECT_WITHIN = 5_000;
/** Who has no room for another connection accepts it and closes it at once. */
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
  socket.on('data', (bytes) => {
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
  const fail = (error: Error) => reject(new Error(describeError(port, error)));
  const late = setTimeout(() => fail(new Error(`no connection within ${CONNECT_WITHIN / 1_000} s`)), CONNECT_WITHIN);
  socket.once('connect', resolve);
  socket.once('error', fail);
  try {
    await unlessAborted(promise, signal);
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(late);
    socket.off('connect', resolve);
    socket.off('error', fail);
  }
}

/** Rejects when the connection is gone before it was of use. */
async function standing(socket: Socket, closed: Promise<string>): Promise<void> {
  const stands = deferred<undefined>();
  const timer = setTimeout(stands.resolve, STANDS_AFTER, undefined);
  socket.once('data', () => stands.resolve(undefined));
  const reason = await Promise.race([closed, stands.promise]);
  clearTimeout(timer);
  if (reason !== undefined) throw new Error(`${reason} at once; does another program use the serial server?`);
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection; is the serial server on, and the port right?',
  ENOTFOUND: 'there is no such host',
  EHOSTUNREACH: 'the host can not be reached',
  ECONNRESET: 'the other side reset the connection',
  ETIMEDOUT: 'the other side does not answer',
};

function describeError(port: string, error: NodeJS.ErrnoException): string {
  return `${port}: ${words[error.code ?? ''] ?? error.message}`;
}
