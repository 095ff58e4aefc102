// The doctor at a bus on which something is wrong: what it says, what it sends, and how it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Document } from 'yaml';
import type { Written } from '../../src/config/options.ts';
import { encode } from '../../src/protocol/codec.ts';
import type { MasterMessage, SlaveMessage } from '../../src/protocol/messages.ts';
import { wire } from '../../src/protocol/slip.ts';
import { swapped } from '../bus/uart.ts';
import { randomness } from '../randomness.ts';
import { id, own, slave } from '../world.ts';
import { artifact, startBridge } from './bridge.ts';
import type { Cable } from './cable.ts';
import { createFolder, type Folder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { createSerialServer } from './serial-server.ts';
import { attach } from './slaves.ts';
import { until } from './until.ts';

interface Visit {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

async function configured(folder: Folder, settings: Written): Promise<string> {
  const document = new Document({});
  for (const [path, value] of Object.entries(settings)) document.setIn(path.split('.'), value);
  await writeFile(folder.file('bridge.yaml'), String(document));
  return folder.file('bridge.yaml');
}

async function doctor(port: string, args: readonly string[] = [], settings: Written = {}): Promise<Visit> {
  await using folder = await createFolder();
  const file = await configured(folder, { 'interface.port': port, ...settings });
  const child = spawn(process.execPath, [artifact, 'doctor', '--config', file, ...args]);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, err };
}

/** These bytes come again and again. */
function repeats(cable: Cable, every: number, bytes: () => Uint8Array): Disposable {
  const timer = setInterval(() => cable.send(bytes()), every);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

const framed = (message: MasterMessage | SlaveMessage) => wire(encode(message));
const hello = (name: string) => framed({ name: 'slaveLinkready', sender: id(name), sign: '77', maxAmps: 32 });
const sick = { code: 1, err: 'Something is wrong, see above\n' };

/** All is well, but for answers that come late because this machine is busy with other tests. */
function isWell({ code, out }: Visit): void {
  const found = out.split('\n').filter((line) => line.startsWith('problem: '));
  expect(found.filter((line) => !line.includes('come too late'))).toEqual([]);
  expect(code).toBe(found.length === 0 ? 0 : 1);
}

async function pty(): Promise<{ cable: Cable; sent: () => number } & AsyncDisposable> {
  const cable = await createPty();
  let sent = 0;
  cable.onBytes((bytes) => {
    sent += bytes.length;
  });
  return { cable, sent: () => sent, [Symbol.asyncDispose]: () => cable[Symbol.asyncDispose]() };
}

async function server(): Promise<{ cable: Cable; sent: () => number } & AsyncDisposable> {
  const cable = await createSerialServer();
  await cable.listen();
  let sent = 0;
  cable.onBytes((bytes) => {
    sent += bytes.length;
  });
  return { cable, sent: () => sent, [Symbol.asyncDispose]: () => cable[Symbol.asyncDispose]() };
}

describe.concurrent.each([
  ['a serial adapter', pty],
  ['a serial server', server],
])('listening at %s', (_, connect) => {
  test('to nothing at all', { timeout: 120_000 }, async () => {
    await using bus = await connect();
    const { out, ...rest } = await doctor(bus.cable.port);
    expect(rest).toEqual(sick);
    expect(out).toContain('problem: No charger is heard\n  does it have power, is its rotary switch on F');
    expect(bus.sent()).toBe(0);
  });

  test('to noise', { timeout: 120_000 }, async () => {
    await using bus = await connect();
    const random = randomness(11);
    using _noise = repeats(bus.cable, 500, () => Uint8Array.from({ length: 14 }, () => random() * 256));
    const { out, ...rest } = await doctor(bus.cable.port);
    expect(rest).toEqual(sick);
    expect(out).toContain('problem: Only noise is heard');
    expect(out).toContain('chargers: none');
    expect(bus.sent()).toBe(0);
  });

  test('to a charger behind swapped wires', { timeout: 120_000 }, async () => {
    await using bus = await connect();
    using _hello = repeats(bus.cable, 5_000, () => swapped(hello('1A2B')));
    const { out, ...rest } = await doctor(bus.cable.port);
    expect(rest).toEqual(sick);
    expect(out).toContain(
      'problem: Something is sent on the bus, but not one frame is readable\n  most likely D+ and D- are swapped',
    );
    expect(bus.sent()).toBe(0);
  });
});

describe.concurrent('the doctor', () => {
  test('finds nothing wrong with two chargers that wait for a master, and sends nothing', {
    timeout: 120_000,
  }, async () => {
    await using bus = await pty();
    using _slaves = attach(bus.cable, [slave('1A2B'), slave('3C4D')]);
    const { code, out, err } = await doctor(bus.cable.port);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('1A2B says hello, hardware limit 32 A');
    expect(out).toContain('3C4D says hello, hardware limit 32 A');
    expect(out).toMatch(/Nothing is wrong. To see whether the chargers answer too: .* doctor --ask/);
    expect(bus.sent()).toBe(0);
  });

  test('asks if it may, sees who answers, and offers nobody anything', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    using slaves = attach(bus.cable, [slave('1A2B'), slave('3C4D')]);
    const visit = await doctor(bus.cable.port, ['--ask'], {
      'config.maxAmpsForSlaves': 32,
      'config.maxAmpsPerTWC': 32,
    });
    isWell(visit);
    expect(visit.out).toContain('1A2B answers, hardware limit 32 A; 3C4D answers');
    expect(slaves.heartbeats('1A2B').length).toBeGreaterThan(5);
    const offers = slaves.heard.flatMap(({ message }) =>
      message.name === 'masterHeartbeatLimit' ? [message.limitAmps] : [],
    );
    expect(offers.filter((amps) => amps > 6)).toEqual([]);
  });

  test('says who hears nothing of what is sent', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    using _hello = repeats(bus.cable, 4_000, () => hello('1A2B'));
    const { out, ...rest } = await doctor(bus.cable.port, ['--ask']);
    expect(rest).toEqual(sick);
    expect(out).toContain('problem: 1A2B is heard but does not answer\n  what is sent does not arrive');
  });

  test('recognises an adapter that echoes, which is no illness', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    bus.cable.onBytes((bytes) => bus.cable.send(bytes));
    using _slaves = attach(bus.cable, [slave('1A2B')]);
    const visit = await doctor(bus.cable.port, ['--ask']);
    isWell(visit);
    expect(visit.out).toContain('hint: The adapter returns what it sends');
    expect(visit.out).toContain('1A2B answers');
  });

  test('says how many frames are bad', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    let count = 0;
    using _beats = repeats(bus.cable, 100, () => {
      const receiver = id('4242');
      const beat = framed({
        name: 'slaveHeartbeat',
        sender: id('1A2B'),
        receiver,
        state: 0,
        limitAmps: 0,
        actualAmps: 0,
      });
      return ++count % 8 === 0 ? beat.with(6, (beat[6] ?? 0) ^ 0x15) : beat;
    });
    const { out, ...rest } = await doctor(bus.cable.port);
    expect(rest).toEqual(sick);
    expect(out).toMatch(/problem: 1[123] % of the frames are bad\n {2}check the termination/);
  });

  test('hears another master, and does not ask beside it', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    using _master = repeats(bus.cable, 900, () =>
      framed({ name: 'masterHeartbeat', sender: id('4242'), receiver: id('1A2B'), command: 0, masterPluggedIn: false }),
    );
    const { out, ...rest } = await doctor(bus.cable.port, ['--ask']);
    expect(rest).toEqual(sick);
    expect(out).toContain('problem: Another master speaks on the bus (4242)');
    expect(bus.sent()).toBe(0);
  });

  test('finds a charger that has our id, and four of them', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    const names = ['1A2B', '3C4D', '5E6F', '7081'];
    using _hello = repeats(bus.cable, 3_000, () => Buffer.concat([...names, own].map(hello)));
    const { out, ...rest } = await doctor(bus.cable.port);
    expect(rest).toEqual(sick);
    expect(out).toContain('problem: A charger has our id 7777');
    expect(out).toMatch(/problem: More than 3 chargers on the bus, refused: \w{4}/);
  });

  test('finds that beside which there is to be a master there is none', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    using _hello = repeats(bus.cable, 3_000, () => hello('1A2B'));
    const { out, ...rest } = await doctor(bus.cable.port, [], { 'interface.mode': 'listen' });
    expect(rest).toEqual(sick);
    expect(out).toContain('problem: No master is heard');
  });

  test('does not ask in listen mode', async () => {
    const { code, err } = await doctor('/dev/null', ['--ask'], { 'interface.mode': 'listen' });
    expect(code).toBe(2);
    expect(err).toContain('doctor: --ask needs interface.mode master');
  });

  test.each([
    ['/dev/nowhere', 'there is no such device; is the adapter plugged in?'],
    ['tcp://127.0.0.1:9', 'refuses the connection; is the serial server on'],
  ])('says why %s cannot be opened', async (port, words) => {
    const { code, err } = await doctor(port);
    expect(code).toBe(1);
    expect(err).toContain(words);
  });

  test('says that another program holds the adapter', async () => {
    await using bus = await pty();
    const port = bus.cable.port;
    await using folder = await createFolder();
    await using mosquitto = await startMosquitto();
    await using bridge = await startBridge(folder, { 'interface.port': port, 'status.MQTT.broker': mosquitto.url });
    await bridge.says(/: open/);
    const { code, err } = await doctor(port);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('another program holds it') });
  });

  test('says that the bridge itself holds it, and what that says', { timeout: 120_000 }, async () => {
    await using bus = await pty();
    await using folder = await createFolder();
    await using mosquitto = await startMosquitto();
    const port = bus.cable.port;
    await using bridge = await startBridge(folder, { 'interface.port': port, 'status.MQTT.broker': mosquitto.url });
    await bridge.says(/problem: No charger is heard/, 60_000);
    const visit = async () => {
      const child = spawn(process.execPath, [artifact, 'doctor', '--config', folder.file('bridge.yaml')]);
      const [err] = await Promise.all([text(child.stderr), once(child, 'close')]);
      return err;
    };
    const said = await until(
      async () => {
        const err = await visit();
        if (!err.includes('No charger is heard')) await sleep(1_000);
        return err.includes('No charger is heard') && err;
      },
      'the bridge says what is wrong',
      60_000,
    );
    expect(said).toContain(`The bridge itself holds ${port} (process ${bridge.pid}): stop it first. It says: `);
  });
});
