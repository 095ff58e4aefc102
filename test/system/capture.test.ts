// Captures as an owner makes them, and what a replay of them shows.

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type Entry, parseCapture } from '../../src/capture/format.ts';
import { slave, tesla } from '../world.ts';
import { artifact } from './bridge.ts';
import { createFolder, type Folder } from './folder.ts';
import { freePort } from './free-port.ts';
import { startMosquitto } from './mosquitto.ts';
import { type Program, start } from './program.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { until } from './until.ts';

async function configured(folder: Folder, port: string, broker: string): Promise<string> {
  const file = folder.file('bridge.yaml');
  const settings = {
    interface: { port },
    config: { maxAmpsForSlaves: 32, maxAmpsPerTWC: 32 },
    status: { MQTT: { broker, ratelimit: 0 } },
    homeassistant: { discovery: 'off' },
  };
  await writeFile(file, JSON.stringify(settings));
  return file;
}

function twc2mqtt(...args: readonly string[]): Promise<Program> {
  return start(process.execPath, [artifact, ...args]);
}

/** What a command prints, and how it ends. */
async function printed(...args: readonly string[]): Promise<{ code: unknown; lines: readonly string[] }> {
  await using program = await twc2mqtt(...args);
  return { code: await program.ended, lines: program.lines };
}

async function entries(path: string): Promise<readonly Entry[]> {
  return parseCapture(await readFile(path, 'utf8')).entries;
}

async function grows(path: string, most: number): Promise<void> {
  await until(async () => (await entries(path).catch(() => [])).length >= most, `${path} has ${most} lines`, 30_000);
}

/** The values at the end of a replay. */
async function replayed(path: string): Promise<Record<string, string>> {
  const { code, lines } = await printed('replay', path, '--json');
  expect({ code, first: lines[0] }).toEqual({ code: 0, first: expect.stringMatching(/^\{"at":0,/) });
  const made = lines.map((line): { topic?: string; payload: string } => JSON.parse(line));
  return timeless(made.flatMap(({ topic, payload }) => (topic === undefined ? [] : [[topic, payload]])));
}

/**
 * Values by topic, without those of a session: it may have begun before the capture, and two clocks that are read a moment
 * apart may tell two seconds for its start.
 */
function timeless(values: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(
    values.filter(([topic]) => !/\/(session|lastSession|energy|lastHeard|instance)/.test(topic)),
  );
}

test.concurrent('a bridge that is running is captured between two signals', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(pty, [slave('1A2B', { car: () => ({ ...tesla, vin: '' }) }), slave('3C4D', { version: 1 })]);
  await using bridge = await twc2mqtt('--config', await configured(folder, pty.port, broker.url));
  // Both charge with what they are given, and nothing changes any more.
  await subscriber.sees('TWC/1A2B/ampsInUse', '15.2', 80_000);
  await subscriber.sees('TWC/3C4D/ampsInUse', '15.2', 80_000);
  await subscriber.sees('TWC/1A2B/state', '1', 30_000);
  bridge.child.kill('SIGUSR2');
  const path =
    / info {2}(\S+): captures what is on the bus/.exec(await bridge.says(/captures what is on the bus/))?.[1] ?? '';
  expect(path).toMatch(/twc2mqtt-capture-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.jsonl$/);
  await grows(path, 80);
  const values = timeless(Object.entries(subscriber.values()));
  bridge.child.kill('SIGUSR2');
  await bridge.says(/the capture is complete, asked to/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const all = await entries(path);
  expect(all.filter((entry) => 'heard' in entry).length).toBeGreaterThan(20);
  expect(all.filter((entry) => 'said' in entry).length).toBeGreaterThan(20);
  expect(all.at(-1)).toMatchObject({ end: 'asked to' });
  expect(await readFile(path, 'utf8')).not.toContain(pty.port);
  expect(await replayed(path)).toEqual(values);
  await bridge.end('SIGTERM');
  expect(await readdir(folder.path)).toHaveLength(3);
});

test.concurrent('capture runs the bridge and has everything from the first byte to the last', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(pty, [slave('1A2B'), slave('3C4D', { car: () => undefined })]);
  const config = await configured(folder, pty.port, broker.url);
  const path = folder.file('problem.jsonl');
  await using bridge = await twc2mqtt('capture', path, '--config', config);
  await subscriber.sees('TWC/1A2B/currentVehicleVIN', tesla.vin, 80_000);
  await subscriber.sees('TWC/3C4D/serialNumber', 'A18K0003C4D', 40_000);
  expect(await bridge.end('SIGTERM')).toBe(0);
  expect((await entries(path)).at(-1)).toMatchObject({ end: 'the bridge has ended' });
  await subscriber.sees('TWC/status', 'offline');
  const values = Object.entries(subscriber.values()).filter(([topic]) => !topic.startsWith('TWC/probe/'));
  expect(await replayed(path)).toEqual({
    ...timeless(values),
    // The end of the bridge is not on the bus.
    'TWC/status': 'online',
    'TWC/1A2B/availability': 'online',
    'TWC/3C4D/availability': 'online',
  });

  const again = await printed('capture', path, '--config', config);
  expect(again).toEqual({ code: 1, lines: expect.arrayContaining([`${path}: there is such a file already`]) });
});

test.concurrent('capture beside a running bridge does not disturb it, and says how to capture from that one', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(pty, [slave('1A2B')]);
  const config = await configured(folder, pty.port, broker.url);
  await using _bridge = await twc2mqtt('--config', config);
  await subscriber.sees('TWC/1A2B/availability', 'online');
  const { code, lines } = await printed('capture', folder.file('problem.jsonl'), '--config', config);
  expect({ code, text: lines.join('\n') }).toEqual({
    code: 1,
    text: expect.stringMatching(/^The bridge is running.*SIGUSR2.*bridge\.state\.json$/),
  });
  expect(await readdir(folder.path)).not.toContain('problem.jsonl');
  expect(subscriber.messages.filter(({ payload }) => payload === 'offline')).toEqual([]);
});

test.concurrent('where only the port tells that a bridge is running, capture says how to capture from that one', async () => {
  await using pty = await createPty();
  await using first = await createFolder();
  await using second = await createFolder();
  const embedded = async () => `embedded:${await freePort()}`;
  await using running = await twc2mqtt('--config', await configured(first, pty.port, await embedded()));
  await running.says(/: open$/);
  const config = await configured(second, pty.port, await embedded());
  await using capture = await twc2mqtt('capture', second.file('problem.jsonl'), '--config', config);
  await capture.says(/warn .*another program holds it/);
  await capture.says(/ warn {2}A bridge that is running starts and ends a capture when it gets the signal SIGUSR2/);
});

test.concurrent('what a killed bridge leaves behind can be replayed', async () => {
  await using pty = await createPty();
  await using folder = await createFolder();
  using _bus = attach(pty, [slave('1A2B')]);
  const path = folder.file('problem.jsonl');
  await using bridge = await twc2mqtt(
    'capture',
    path,
    '--config',
    await configured(folder, pty.port, `embedded:${await freePort()}`),
  );
  await grows(path, 20);
  await bridge.end('SIGKILL');
  expect(await replayed(path)).toMatchObject({ 'TWC/1A2B/availability': 'online' });
});

test.concurrent('a disk that is full ends the capture, and the bridge goes on', async () => {
  await using pty = await createPty();
  await using folder = await createFolder();
  using bus = attach(pty, [slave('1A2B'), slave('3C4D')]);
  const path = folder.file('problem.jsonl');
  const config = await configured(folder, pty.port, 'mqtt://127.0.0.1:1');
  // No file of this process may have more than 4 kB.
  const limited = `trap '' XFSZ; ulimit -f 4; exec "$0" "$@"`;
  await using bridge = await start('bash', [
    '-c',
    limited,
    process.execPath,
    artifact,
    'capture',
    path,
    '--config',
    config,
  ]);
  await bridge.says(
    /problem\.jsonl: the capture has ended, it cannot be written: the file would be larger than is allowed here/,
    40_000,
  );
  const before = bus.heartbeats('1A2B').length;
  await until(() => bus.heartbeats('1A2B').length > before + 3, 'heartbeats after the capture');
  expect(bridge.lines.filter((line) => line.includes('larger than is allowed'))).toHaveLength(1);
  expect(await bridge.end('SIGTERM')).toBe(0);
});

const example = new URL('../captures/genuine-master.jsonl', import.meta.url).pathname;

describe.concurrent('replay', () => {
  test('prints each change with its time, and what the capture is', async () => {
    const { code, lines } = await printed('replay', example);
    expect(code).toBe(0);
    expect(lines[0]).toMatch(
      /^captured 2026-03-29T01:30:00.000\+01:00 by listen 7777 at serial, twc2mqtt .*; 5\d\.\d{3} s, asked to$/,
    );
    expect(lines).toContain('     7.100 s  info  2433: charging, 15.62 A');
    expect(lines).toContain('     7.100 s  TWC/2433/ampsInUse 15.62');
    expect(lines.join('\n')).not.toContain('debug');
    const all = await printed('replay', example, '--verbose');
    expect(all.lines.length).toBeGreaterThan(lines.length + 50);
    expect(all.lines.filter((line) => line.includes('debug heard')).length).toBeGreaterThan(50);
  });

  test('at a speed prints the same', async () => {
    const fast = await printed('replay', example);
    const from = performance.now();
    expect(await printed('replay', example, '--speed', '50')).toEqual(fast);
    // 44 s at this speed.
    expect(performance.now() - from).toBeGreaterThan(800);
  });

  test('stops where its reader has seen enough', async () => {
    const script = 'set -o pipefail; "$0" "$@" | head -n 1; echo "$?"';
    await using program = await start('bash', [
      '-c',
      script,
      process.execPath,
      artifact,
      'replay',
      example,
      '--verbose',
    ]);
    await program.ended;
    expect(program.lines).toEqual([expect.stringMatching(/^captured/), '0']);
  });

  test.each([
    ['nowhere.jsonl', undefined, /nowhere\.jsonl: expected a readable file, but there is no such file/],
    ['log.jsonl', 'C0 FD E0\n', /log\.jsonl, line 1: expected a JSON object, got C0 FD E0/],
    ['later.jsonl', '{"capture":2}\n', /later\.jsonl, line 1: capture: expected 1, got 2/],
  ])('says what is wrong with %s', async (name, text, problem) => {
    await using folder = await createFolder();
    if (text !== undefined) await writeFile(folder.file(name), text);
    const { code, lines } = await printed('replay', folder.file(name));
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(problem)] });
  });

  test.each([['0'], ['fast'], ['']])('does not know the speed %s', async (speed) => {
    const { code, lines } = await printed('replay', example, '--speed', speed);
    expect({ code, first: lines[0] }).toEqual({ code: 2, first: `replay: expected a speed above 0, got ${speed}` });
  });

  test('publishes below another prefix, and nothing of it stays', async () => {
    await using broker = await startMosquitto();
    await using folder = await createFolder();
    await using subscriber = await subscribe(broker.url);
    const config = await configured(folder, '/dev/ttyUSB0', broker.url);
    const { code } = await printed('replay', example, '--publish', 'replay', '--config', config);
    expect(code).toBe(0);
    await subscriber.sees('replay/2433/availability', 'offline');
    expect(subscriber.messages.filter(({ topic }) => !topic.startsWith('replay/'))).toEqual([]);
    await using later = await subscribe(broker.url);
    await printed('replay', example, '--publish', 'again', '--config', config);
    await later.sees('again/2433/availability', 'offline');
    expect(later.messages.filter(({ topic, retained }) => retained || !topic.startsWith('again/'))).toEqual([]);
  });

  test.each([['TWC'], ['TWC/replay'], ['with space'], ['#']])('does not publish below %s', async (prefix) => {
    await using folder = await createFolder();
    const config = await configured(folder, '/dev/ttyUSB0', 'mqtt://127.0.0.1:1');
    const { code, lines } = await printed('replay', example, '--publish', prefix, '--config', config);
    expect({ code, first: lines[0] }).toEqual({
      code: 2,
      first: expect.stringMatching(/^replay: --publish: expected/),
    });
  });
});
