// A log that nothing reads, that has no room, or that is flooded: the chargers do not notice, and the bridge ends in order.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, stat, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { encode } from '../../src/protocol/codec.ts';
import { wire } from '../../src/protocol/slip.ts';
import { id, largestGap, slave } from '../world.ts';
import { AsyncStack } from './async-stack.ts';
import { artifact } from './bridge.ts';
import { createFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';
import { createPty, type Pty } from './pty.ts';
import { attach, type Slaves } from './slaves.ts';
import { observe, until } from './until.ts';

async function configured(folder: Folder, pty: Pty, level: string): Promise<string> {
  const file = folder.file('bridge.yaml');
  const lines = [`interface:\n  port: ${pty.port}`, `log:\n  level: ${level}`];
  await writeFile(file, `${lines.join('\n')}\nstatus:\n  MQTT:\n    broker: embedded:${await freePort()}\n`);
  return file;
}

/** Ended as a service manager does it. */
async function stopped(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 4_000);
  const [code, signal] = await ended;
  clearTimeout(late);
  return code ?? signal;
}

/** Units that announce themselves, each with another id: lines for the log. */
async function flood(pty: Pty, frames: number): Promise<void> {
  for (let i = 0; i < frames; i++) {
    const sender = id((0x2000 + (i % 0x8000)).toString(16).toUpperCase());
    pty.send(wire(encode({ name: 'slaveLinkready', sender, sign: '55', maxAmps: 32 }, 2)));
    if (i % 100 === 99) await observe(50);
  }
}

function gap(bus: Slaves, from: number): number {
  return largestGap(bus.heartbeats('1A2B').filter((at) => at >= from));
}

/** A bridge that logs every frame into a pipe, and the charger on its bus. */
async function logging() {
  const stack = new AsyncStack();
  const folder = stack.use(await createFolder());
  const pty = stack.use(await createPty());
  const bus = stack.use(attach(pty, [slave('1A2B')]));
  const child = spawn(process.execPath, [artifact, '--config', await configured(folder, pty, 'debug')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  stack.use({ [Symbol.dispose]: () => void child.kill('SIGKILL') });
  return { pty, bus, child, [Symbol.asyncDispose]: () => stack.end() };
}

/** What a flood makes of a gap differs from one machine and moment to the next: what the log adds to it does not. */
test.concurrent.each(['that nothing reads', 'whose reader is gone'])(
  'a pipe %s holds no heartbeat up by more than half a second',
  { timeout: 120_000 },
  async (name) => {
    await using read = await logging();
    await using unread = await logging();
    read.child.stdout.resume();
    if (name === 'whose reader is gone') unread.child.stdout.destroy();
    const both = [read, unread];
    for (const { bus } of both) await until(() => bus.heartbeats('1A2B').length > 3, 'heartbeats', 20_000);
    const added: number[] = [];
    for (let floods = 0; floods < 3; floods++) {
      const [plain = 0, unheeded = 0] = await Promise.all(
        both.map(async ({ pty, bus }) => {
          const from = bus.heartbeats('1A2B').at(-1) ?? 0;
          await flood(pty, 4_000);
          await observe(2_000);
          return gap(bus, from);
        }),
      );
      added.push(unheeded - plain);
    }
    console.info(`a pipe ${name} adds ${added.map(Math.round).join(', ')} ms to the greatest gap`);
    expect(Math.min(...added)).toBeLessThan(500);
    for (const { child } of both) expect(await stopped(child)).toBe(0);
  },
);

test.concurrent('a full disk', { timeout: 60_000 }, async () => {
  await using folder = await createFolder();
  await using pty = await createPty();
  using bus = attach(pty, [slave('1A2B')]);
  await using full = await open('/dev/full', 'w');
  const child = spawn(process.execPath, [artifact, '--config', await configured(folder, pty, 'info')], {
    stdio: ['ignore', full.fd, full.fd],
  });
  await until(() => bus.heartbeats('1A2B').length > 5, 'heartbeats', 20_000);
  expect(await stopped(child)).toBe(0);
});

test.concurrent('strange units by the thousand fill no disk', { timeout: 90_000 }, async () => {
  await using folder = await createFolder();
  await using pty = await createPty();
  using bus = attach(pty, [slave('1A2B')]);
  const written = folder.file('log');
  await using file = await open(written, 'w');
  const child = spawn(process.execPath, [artifact, '--config', await configured(folder, pty, 'info')], {
    stdio: ['ignore', file.fd, file.fd],
  });
  await until(() => bus.heartbeats('1A2B').length > 3, 'heartbeats', 20_000);
  await flood(pty, 6_000);
  expect(await stopped(child)).toBe(0);
  expect((await stat(written)).size).toBeLessThan(60_000);
});
