// A TCP port of this machine that nobody listens on. It lies below those that the system gives to who calls out
// (from 32768 on Linux): of these a connection could take it before the test's server does.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const FIRST = 10_000;
const COUNT = 2_000;
const SLICES = 10;

/** Test files that run beside each other have a part of the ports each: a server that is away gets its own back. */
const first = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % SLICES) * COUNT;
let next = randomInt(COUNT);

export async function freePort(): Promise<number> {
  for (let tried = 0; tried < COUNT; tried++) {
    next = (next + 1) % COUNT;
    // Others ask meanwhile.
    const port = first + next;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${first} to ${first + COUNT - 1} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
