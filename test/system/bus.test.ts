// The bus as it really is: chargers that do not answer, noise, adapters that come and go, other masters.

import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { TwcId } from '../../src/protocol/field.ts';
import type { MasterMessage } from '../../src/protocol/messages.ts';
import { randomness } from '../randomness.ts';
import { largestGap, slave, tesla } from '../world.ts';
import { startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { createSerialServer } from './serial-server.ts';
import { attach, type Slaves } from './slaves.ts';
import { type Subscriber, subscribe } from './subscriber.ts';
import { observe, until } from './until.ts';

/** What is told of a charger that does not exist, and measured values that this charger never said once it was met. */
function wrongValues(subscriber: Subscriber, bus: Slaves, ids: readonly string[]): string[] {
  const said = new Map(ids.map((id) => [id, truths(bus, id)]));
  return subscriber.messages
    .filter(({ topic, payload, at }) => {
      const [, id, name = ''] = /^TWC\/([0-9A-F]{4})\/(.*)$/.exec(topic) ?? [];
      if (id === undefined) return false;
      const truth = said.get(id);
      if (at < metAt(subscriber, id)) return false;
      return !truth || truth[name]?.has(payload) === false;
    })
    .map(({ topic, payload }) => `${topic} ${payload}`);
}

/** A bridge that knows a charger from before says that it is not heard until it is. */
function metAt(subscriber: Subscriber, id: string): number {
  const topic = `TWC/${id}/availability`;
  return subscriber.messages.find((one) => one.topic === topic && one.payload === 'online')?.at ?? 0;
}

function truths(bus: Slaves, id: string): Record<string, ReadonlySet<string>> {
  const of = (...names: string[]) => bus.said.filter((one) => one.sender === id && names.includes(one.name));
  const numbers = (name: string, field: string) =>
    new Set(of(name).map((one) => String((one as unknown as Record<string, unknown>)[field])));
  const actual = new Set([...numbers('slaveHeartbeat', 'actualAmps'), '0']);
  const volts = (phase: number) =>
    new Set(of('meterResponse').flatMap((one) => ('volts' in one ? [String(one.volts[phase])] : [])));
  const any = new Set(Array.from({ length: 33 }, (_, amps) => String(amps)));
  const load = { has: (payload: string) => Number(payload) <= 3 * 232 * 32 } as ReadonlySet<string>;
  return {
    ampsInUse: actual,
    power: actual,
    ampsMax: numbers('slaveHeartbeat', 'limitAmps'),
    state: numbers('slaveHeartbeat', 'state'),
    stateText: { has: (payload: string) => !payload.startsWith('Unknown') } as ReadonlySet<string>,
    carsCharging: new Set(['0', '1']),
    availability: new Set(['online']),
    ampsRated: new Set(['32']),
    ampsOffered: any,
    chargerLoadInW: load,
    lifetimekWh: numbers('meterResponse', 'energyCounter'),
    voltagePhaseA: volts(0),
    voltagePhaseB: volts(1),
    voltagePhaseC: volts(2),
    currentVehicleVIN: new Set(['', tesla.vin]),
    lastVehicleVIN: new Set(['', tesla.vin]),
    serialNumber: new Set([`A18K000${id}`]),
    firmware: new Set(['4.5.3.2']),
  };
}

test.concurrent('no charger waits 2 s for its heartbeat, whatever the others do not answer', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using bus = attach(pty, [
    slave('1A2B', { car: () => ({ ...tesla, vin: '5YJ3E1EA3KF000317' }) }),
    slave('3C4D', { mute: true }),
    slave('5E6F'),
  ]);
  await using _bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  const ids = ['1A2B', '3C4D', '5E6F'];
  for (const id of ids) await subscriber.sees(`TWC/${id}/availability`, 'online');
  bus.mute('5E6F');
  await subscriber.sees('TWC/5E6F/availability', 'offline', 30_000);
  await observe(5_000);
  for (const id of ids) {
    const times = bus.heartbeats(id);
    expect(times.length, id).toBeGreaterThan(20);
    expect(largestGap(times), id).toBeLessThanOrEqual(2_000);
  }
  // The VIN whose check digit is wrong is believed when it came twice the same.
  expect(subscriber.value('TWC/1A2B/currentVehicleVIN')).toBe('5YJ3E1EA3KF000317');
});

test.concurrent('with every tenth frame corrupted and noise between them all no wrong value is published', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  const random = randomness(42);
  const below = (limit: number) => Math.floor(random() * limit);
  let corrupted = 0;
  function line(bytes: Uint8Array): Uint8Array[] {
    const noise = Uint8Array.from({ length: below(12) }, () => below(256));
    const damaged = [...bytes];
    if (random() < 0.1) {
      corrupted++;
      const at = below(damaged.length);
      const damage = [
        () => damaged.splice(at, 1, below(256)),
        () => damaged.splice(at, 1),
        () => damaged.splice(at, 0, below(256)),
        () => damaged.splice(at),
      ][below(4)];
      damage?.();
    }
    return [noise, Uint8Array.from(damaged)];
  }
  const ids = ['1A2B', '3C4D', '5E6F'];
  using bus = attach(
    pty,
    ids.map((id) => slave(id)),
    { line },
  );
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await bridge.says(/: open$/);
  await observe(25_000);
  expect(corrupted).toBeGreaterThan(5);
  for (const id of ids) {
    await subscriber.sees(`TWC/${id}/availability`, 'online');
    await subscriber.sees(`TWC/${id}/voltagePhaseA`, '230');
    await subscriber.sees(`TWC/${id}/currentVehicleVIN`, tesla.vin, 30_000);
  }
  expect(wrongValues(subscriber, bus, ids)).toEqual([]);
});

test.concurrent('an adapter that is unplugged and plugged in again works on, with a line in the log for each', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using bus = attach(pty, [slave('1A2B')]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await subscriber.sees('TWC/1A2B/carsCharging', '1');
  await pty.unplug();
  await subscriber.sees('TWC/problem', /adapter/, 3_000);
  await observe(3_000);
  const before = bus.said.length;
  await pty.plug();
  await until(() => bus.said.length > before + 1, 'the charger answers again', 3_500);
  await subscriber.sees('TWC/problem', 'none', 2_000);
  subscriber.forget();
  await until(
    () => subscriber.messages.some(({ topic }) => topic === 'TWC/1A2B/ampsInUse'),
    'values flow again',
    5_000,
  );
  const lines = bridge.lines.filter((line) => line.includes(pty.port));
  expect(lines).toEqual([
    expect.stringMatching(/info .*adapter: open$/),
    expect.stringMatching(/warn .*adapter: it was unplugged/),
    expect.stringMatching(/info .*adapter: open$/),
  ]);
});

test.concurrent('an adapter that is missing at the start is missed once and used when it comes', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty({ plugged: false });
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(pty, [slave('1A2B')]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await bridge.says(/there is no such device; is the adapter plugged in\?/);
  await subscriber.sees('TWC/problem', /adapter/);
  await observe(3_000);
  expect(bridge.lines.filter((line) => line.includes('no such device'))).toHaveLength(1);
  await pty.plug();
  await subscriber.sees('TWC/1A2B/availability', 'online');
});

test.concurrent('a device that is no serial device is named as such, and the bridge stays', async () => {
  await using broker = await startMosquitto();
  await using folder = await createFolder();
  const device = folder.file('notes.txt');
  await writeFile(device, 'C0');
  await using subscriber = await subscribe(broker.url);
  await using bridge = await startBridge(folder, { 'interface.port': device, 'status.MQTT.broker': broker.url });
  await bridge.says(/warn .*notes\.txt: it is not a serial device/);
  await subscriber.sees('TWC/status', 'online');
  await observe(1_500);
  expect(bridge.lines.filter((line) => line.includes('notes.txt'))).toHaveLength(1);
  expect(await bridge.stop()).toMatchObject({ code: 0 });
});

test.concurrent('a serial server that refuses at first is used when it is there', async () => {
  await using broker = await startMosquitto();
  await using server = await createSerialServer();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(server, [slave('1A2B')]);
  await using bridge = await startBridge(folder, { 'interface.port': server.port, 'status.MQTT.broker': broker.url });
  await bridge.says(/refuses the connection; is the serial server on/);
  await server.listen();
  await subscriber.sees('TWC/1A2B/availability', 'online');
});

test.concurrent('a connection that is reset within a frame costs that frame only', async () => {
  await using broker = await startMosquitto();
  await using server = await createSerialServer();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  let cut = false;
  const line = (bytes: Uint8Array) => (cut ? [bytes.slice(0, 9)] : [bytes]);
  using bus = attach(server, [slave('1A2B')], { line });
  await server.listen();
  await using bridge = await startBridge(folder, { 'interface.port': server.port, 'status.MQTT.broker': broker.url });
  await subscriber.sees('TWC/1A2B/carsCharging', '1');
  cut = true;
  const before = bus.said.length;
  await until(() => bus.said.length > before, 'half a frame');
  server.reset();
  await bridge.says(/the other side (reset|closed) the connection/);
  cut = false;
  await until(() => server.connections === 2, 'a second connection', 3_000);
  subscriber.forget();
  await until(
    () => subscriber.messages.some(({ topic }) => topic === 'TWC/1A2B/ampsInUse'),
    'values flow again',
    5_000,
  );
  expect(wrongValues(subscriber, bus, ['1A2B'])).toEqual([]);
});

test.concurrent('packets that split frames and glue them together change nothing', async () => {
  await using broker = await startMosquitto();
  await using server = await createSerialServer();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  let kept = new Uint8Array();
  /** Half of what there is now; the rest comes glued to what follows. */
  function line(bytes: Uint8Array): Uint8Array[] {
    const all = Uint8Array.of(...kept, ...bytes);
    const half = all.length - 7;
    kept = all.slice(half);
    return Array.from({ length: Math.ceil(half / 5) }, (_, i) => all.slice(i * 5, Math.min(half, i * 5 + 5)));
  }
  using bus = attach(server, [slave('1A2B'), slave('3C4D')], { line });
  await server.listen();
  await using _bridge = await startBridge(folder, { 'interface.port': server.port, 'status.MQTT.broker': broker.url });
  for (const id of ['1A2B', '3C4D']) {
    await subscriber.sees(`TWC/${id}/availability`, 'online');
    await subscriber.sees(`TWC/${id}/carsCharging`, '1');
    await subscriber.sees(`TWC/${id}/voltagePhaseA`, '230');
  }
  expect(wrongValues(subscriber, bus, ['1A2B', '3C4D'])).toEqual([]);
});

test.concurrent('a listener makes topics of what a genuine master and its slaves say, and sends not one byte', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  let written = 0;
  pty.onBytes((bytes) => {
    written += bytes.length;
  });
  const bus = attach(pty, [slave('1A2B'), slave('5E6F', { version: 1 })]);
  using _bus = bus;
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'interface.mode': 'listen',
    'status.MQTT.broker': broker.url,
  });
  await bridge.says(/: open$/);
  const sender = slave('035D').id;
  const ask = (receiver: TwcId, name: 'meterRequest' | 'serialRequest'): MasterMessage => ({ name, sender, receiver });
  const order = (receiver: TwcId, command: 0x05 | 0x09, limitAmps: number): MasterMessage =>
    ({ name: 'masterHeartbeatLimit', sender, receiver, command, limitAmps, masterPluggedIn: false }) as const;
  const conversation = [
    order(slave('1A2B').id, 0x09, 12),
    ask(slave('1A2B').id, 'meterRequest'),
    order(slave('5E6F').id, 0x05, 10),
    ask(slave('1A2B').id, 'serialRequest'),
  ];
  for (let turn = 0; turn < 40; turn++) {
    const message = conversation[turn % conversation.length];
    if (message) bus.say(message);
    await observe(200);
  }
  await subscriber.sees('TWC/1A2B/ampsMax', '12');
  await subscriber.sees('TWC/1A2B/ampsOffered', '12');
  await subscriber.sees('TWC/1A2B/ampsInUse', '11.2');
  await subscriber.sees('TWC/1A2B/voltagePhaseC', '230');
  await subscriber.sees('TWC/1A2B/serialNumber', 'A18K0001A2B');
  await subscriber.sees('TWC/5E6F/ampsInUse', '9.2');
  await subscriber.sees('TWC/all/totalAmpsInUse', '20.4');
  expect(await bridge.stop()).toMatchObject({ code: 0 });
  expect(written).toBe(0);
});

test.concurrent('known chargers get heartbeats at once after a restart, without announcing themselves', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  const settings = { 'interface.port': pty.port, 'status.MQTT.broker': broker.url };
  {
    using _bus = attach(pty, [slave('1A2B'), slave('5E6F', { version: 1 })]);
    await using bridge = await startBridge(folder, settings);
    for (const id of ['1A2B', '5E6F']) await subscriber.sees(`TWC/${id}/carsCharging`, '1');
    expect(await bridge.stop()).toMatchObject({ code: 0 });
  }
  using bus = attach(pty, [slave('1A2B'), slave('5E6F', { version: 1 })], { shy: true });
  await using bridge = await startBridge(folder, settings);
  await bridge.says(/: open$/);
  await until(() => ['1A2B', '5E6F'].every((id) => bus.heartbeats(id).length > 0), 'heartbeats', 2_500);
  for (const id of ['1A2B', '5E6F']) await subscriber.sees(`TWC/${id}/ampsInUse`, /^[1-9]/);
});

test.concurrent('a megabyte without a frame costs no memory and nothing that follows', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using bus = attach(pty, [slave('1A2B')]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await subscriber.sees('TWC/1A2B/carsCharging', '1');
  const before = await bridge.memory();
  const rubbish = new Uint8Array(4_096).fill(0x55);
  for (let sent = 0; sent < 2 ** 20; sent += rubbish.length) pty.send(rubbish);
  const said = bus.said.length;
  await until(() => bus.said.length > said + 5, 'the conversation goes on');
  await subscriber.sees('TWC/1A2B/ampsInUse', '16');
  expect(await bridge.memory()).toBeLessThan(before + 15);
  expect(wrongValues(subscriber, bus, ['1A2B'])).toEqual([]);
});
