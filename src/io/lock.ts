// Keeps a file for one process alone. The lock is a socket beside it: it answers for as long as its process lives, in
// whatever container, and not a moment longer, so a lock that was left behind stops no start.

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { bounded } from './deferred.ts';
import { hashOf } from './path-name.ts';

export interface Lock {
  release(): void;
}

/** Bytes of a socket's path, less what some systems need. */
const LONGEST_PATH = 100;
const ANSWERS_WITHIN = 1_000;
/** Two that find the same old lock at the same time see within this time which of them has it. */
const SETTLES_WITHIN = 50;

/**
 * Locks what is at this path. Rejects with an error in an owner's words when another process has it. Where there can be no
 * socket, as on a disk that cannot be written, nothing is locked.
 */
export async function lock(path: string): Promise<Lock> {
  const place = await placeFor(path);
  try {
    const server = await listening(place);
    return { release: () => void server.close() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return { release() {} };
  }
  await refuseIfHeld(place, path);
  await rm(place, { force: true });
  const server = await listening(place).catch(() => undefined);
  await sleep(SETTLES_WITHIN);
  await refuseIfHeld(place, path);
  return { release: () => void server?.close() };
}

async function placeFor(path: string): Promise<string> {
  const beside = `${path}.lock`;
  if (Buffer.byteLength(beside) <= LONGEST_PATH) return beside;
  return join(tmpdir(), `twc2mqtt-${await hashOf(path)}.lock`);
}

/** A server that says which process has the lock. */
async function listening(place: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(String(process.pid));
  });
  server.listen(place);
  await once(server, 'listening');
  server.unref();
  return server;
}

async function refuseIfHeld(place: string, path: string): Promise<void> {
  const socket = connect(place);
  const answer = await bounded(text(socket), { within: ANSWERS_WITHIN }).catch(() => undefined);
  socket.destroy();
  if (answer === undefined || answer === String(process.pid)) return;
  throw new Error(
    `${path}: another bridge remembers here already (process ${answer}). Stop it, or give this one a configuration or a state.path of its own`,
  );
}
