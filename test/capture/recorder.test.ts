// The recorder: it looks on, what it writes is bounded, and nothing of the house is in it.

import { expect, test } from 'vitest';
import { parseCapture } from '../../src/capture/format.ts';
import { createRecorder, redactPaths } from '../../src/capture/recorder.ts';
import { slave } from '../world.ts';
import { began, configured, record, sheet } from './recording.ts';

test('a bridge that is recorded says and publishes what it does without', () => {
  const run = (fromStart: boolean) => {
    const { world } = record({ slaves: [slave('1A2B')], fromStart });
    world.pass(60_000);
    return world.outputs;
  };
  expect(run(true)).toEqual(run(false));
});

test('both directions are in the file, with the time since it began', () => {
  const { world, text } = record({ slaves: [slave('1A2B')] });
  world.pass(60_000);
  const { entries } = parseCapture(text());
  const said = entries.flatMap((entry) => ('said' in entry ? [{ at: entry.at, bytes: entry.said }] : []));
  expect(said).toEqual(world.said.map(({ at, bytes }) => ({ at, bytes })));
  expect(entries.filter((entry) => 'heard' in entry).length).toBeGreaterThan(60);
  expect(entries[0]).toEqual({ at: 0, link: 'up' });
});

test('one that begins later knows the link, the chargers, the set points and the orders in force', () => {
  const { world, recorder, file, text } = record({ slaves: [slave('1A2B')], fromStart: false });
  world.pass(60_000);
  world.input({ type: 'message', topic: 'TWC/1A2B/set/limit', payload: '10', retained: false });
  world.pass(60_000);
  recorder.start(file, began, world.now());
  world.pass(1_000);
  const { header, entries } = parseCapture(text());
  const order = world.said.findLast(({ message }) => message.name === 'masterHeartbeatLimit');
  expect(order?.message).toMatchObject({ receiver: '1A2B', limitAmps: 10 });
  expect(header.orders).toEqual([order?.bytes]);
  expect(header.known.setPoints).toEqual({ chargers: { '1A2B': { limit: 10 } } });
  expect(header.known.chargers).toMatchObject([{ id: '1A2B', serialNumber: 'A18K0001A2B' }]);
  expect(entries[0]).toEqual({ at: 0, link: 'up' });
});

test('it ends when it is full, says so, and the bridge goes on', () => {
  const { world, recorder, file, logs } = record({ slaves: [slave('1A2B')] });
  const noise = Uint8Array.from({ length: 60_000 }, (_, i) => i % 0xc0);
  for (let i = 0; i < 200; i++) world.input({ type: 'bytes', bytes: noise });
  const size = file.lines.join('\n').length;
  expect(size).toBeGreaterThan(20_000_000);
  expect(size).toBeLessThan(20_200_000);
  expect(file.closed).toBe(true);
  expect(file.lines.at(-1)).toBe('{"at":0,"end":"20 MB are reached"}');
  expect(recorder.path).toBeUndefined();
  const before = world.said.length;
  world.pass(10_000);
  expect(world.said.length).toBeGreaterThan(before);
  expect(file.lines.at(-1)).toContain('end');
  expect(logs[0]).toBe('info capture.jsonl: captures what is on the bus, up to 20 MB');
});

test('a file that cannot be written is said once', async () => {
  const { world, recorder, file, logs } = record({ slaves: [slave('1A2B')] });
  world.pass(5_000);
  file.broken = 'the disk is full';
  world.pass(5_000);
  await recorder.end('asked to');
  expect(logs.slice(1)).toEqual(['warn capture.jsonl: the capture has ended, it cannot be written: the disk is full']);
});

test('another one ends the one that runs', () => {
  const { world, recorder, file } = record({ slaves: [slave('1A2B')] });
  world.pass(5_000);
  const other = sheet('other.jsonl');
  recorder.start(other, began, world.now());
  world.pass(5_000);
  expect(file.lines.at(-1)).toBe('{"at":5000,"end":"another one begins"}');
  expect(file.closed).toBe(true);
  expect(parseCapture(`${other.lines.join('\n')}\n`).entries.at(-1)?.at).toBeLessThanOrEqual(5_000);
});

test('what is asked over MQTT is kept below the prefix, cut where it is long; what Home Assistant says is not', () => {
  const { world, text } = record({
    topicPrefix: 'home/TWC',
    config: configured({ 'status.MQTT.topicPrefix': 'home/TWC' }),
  });
  world.input({ type: 'message', topic: 'home/TWC/1A2B/set/limit', payload: '16', retained: false });
  world.input({ type: 'message', topic: 'home/TWC/control/maxAmps', payload: 'x'.repeat(1_000), retained: true });
  world.input({ type: 'message', topic: 'homeassistant/status', payload: 'online', retained: false });
  expect(parseCapture(text()).entries.filter((entry) => 'asked' in entry)).toEqual([
    { at: 0, asked: '1A2B/set/limit', payload: '16' },
    { at: 0, asked: 'control/maxAmps', payload: 'x'.repeat(200), retained: true },
  ]);
  expect(text()).not.toContain('home');
});

test.each([
  [
    '/dev/serial/by-id/usb-FTDI_A50285BI-if00-port0',
    '/dev/serial/by-id/usb-FTDI_A50285BI-if00-port0: it was unplugged',
  ],
  ['/dev/serial/by-path/', '/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0: it was unplugged'],
  ['COM3', 'COM3: it was unplugged'],
  ['tcp://garage.example:8899', 'tcp://garage.example:8899: it was unplugged'],
  ['tcp://garage:8899', 'getaddrinfo EAI_AGAIN garage it was unplugged'],
  ['tcp://192.168.1.20:8899', 'connect ENETUNREACH 192.168.1.20:8899 - Local (192.168.1.3:0) it was unplugged'],
  ['tcp://[fe80::1]:8899', 'connect ENETUNREACH fe80::1:8899 - Local (:::0) it was unplugged'],
])('why the link to %s is down is told without the place', (port, reason) => {
  const told = redactPaths(reason, configured({ 'interface.port': port })['interface.port']);
  expect(told).toMatch(/it was unplugged$/);
  expect(told).not.toMatch(/FTDI|pci|COM3|garage|192|fe80|::/);
});

test('the link is told of by its kind', () => {
  const link = (port: string) => {
    const file = sheet();
    const recorder = createRecorder({
      config: configured({ 'interface.port': port }),
      known: { chargers: [], setPoints: { chargers: {} } },
      log() {},
    });
    recorder.start(file, began, 0);
    return parseCapture(`${file.lines.join('\n')}\n`).header.link;
  };
  expect(['/dev/ttyUSB0', '/dev/serial/by-id/', 'COM3', 'tcp://host:1', 'simulator'].map(link)).toEqual([
    'serial',
    'serial',
    'serial',
    'tcp',
    'simulator',
  ]);
});
