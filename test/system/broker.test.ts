// The broker as it really is: restarted, dead, slow, locked, encrypted.

import { expect, test } from 'vitest';
import { bridgeTopics } from '../../src/topics/bridge-topics.ts';
import { chargerTopics } from '../../src/topics/charger-topics.ts';
import { slave } from '../world.ts';
import { createAuthority } from './authority.ts';
import { type RunningBridge, startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty, type Pty } from './pty.ts';
import { attach } from './slaves.ts';
import { startSilentBroker, startStallingBroker } from './stubborn-broker.ts';
import { subscribe } from './subscriber.ts';
import { observe, until } from './until.ts';

test.concurrent('a broker that was killed and forgot everything has all values again when it is back', async () => {
  await using broker = await startMosquitto({ persistence: false });
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _slaves = attach(pty, [slave('1A2B'), slave('5E6F', { version: 1 })]);
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    'status.MQTT.ratelimit': 60,
  });
  await subscriber.sees('TWC/1A2B/voltagePhaseA', '230', 15_000);
  await subscriber.sees('TWC/1A2B/serialNumber', 'A18K0001A2B', 15_000);
  await subscriber.sees('TWC/5E6F/ampsOffered', /./, 15_000);
  // MQTT keeps no empty payload, which is what an unknown VIN has.
  const topics = Object.keys(subscriber.values()).filter((topic) => subscriber.value(topic) !== '');

  await broker.stop('SIGKILL');
  await bridge.says(/warn .*trying again until it works/);
  await observe(2_000);
  subscriber.forget();
  await broker.restart();
  await subscriber.sees('TWC/status', 'online', 4_000);
  await until(
    () => topics.every((topic) => subscriber.value(topic) !== undefined),
    () => `all topics again, without ${topics.filter((topic) => subscriber.value(topic) === undefined)}`,
    2_000,
  );
  expect(subscriber.value('TWC/status')).toBe('online');
  await until(
    () => bridge.lines.filter((line) => /: connected$/.test(line)).length === 2,
    'a line for each connection',
  );
});

const password = 'hunter2-and-a-half';

test.concurrent('a refused password is said in the log, without the password, and the bridge stays', async () => {
  await using broker = await startMosquitto({ users: { house: password } });
  await using pty = await createPty();
  await using folder = await createFolder();
  using bus = attach(pty, [slave('1A2B')]);
  const wrong = 'not-the-right-one';
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    'status.MQTT.username': 'house',
    'status.MQTT.password': wrong,
    'log.level': 'debug',
  });
  await bridge.says(/warn .*the broker refuses this username and password/);
  await until(() => bus.heartbeats('1A2B').length > 2, 'the charger has its master all the same');
  expect(bridge.lines.filter((line) => line.includes('refuses'))).toHaveLength(1);
  expect(await bridge.stop()).toMatchObject({ code: 0 });
  expect(bridge.lines.filter((line) => line.includes(wrong))).toEqual([]);
});

test.concurrent('with the right password the values come, and no line of the log has it', async () => {
  await using broker = await startMosquitto({ users: { house: password } });
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url, { username: 'house', password });
  using _bus = attach(pty, [slave('1A2B')]);
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    'status.MQTT.username': 'house',
    'status.MQTT.password': password,
    'log.level': 'debug',
  });
  await subscriber.sees('TWC/1A2B/availability', 'online');
  await bridge.stop();
  expect(bridge.lines.filter((line) => line.includes(password))).toEqual([]);
});

test.concurrent('when the bridge is killed the broker says offline for it', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(pty, [slave('1A2B')]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await subscriber.sees('TWC/status', 'online');
  await subscriber.sees('TWC/1A2B/availability', 'online');
  await bridge.end('SIGKILL');
  await subscriber.sees('TWC/status', 'offline', 2_000);
  await using newcomer = await subscribe(broker.url);
  await newcomer.sees('TWC/status', 'offline');
});

test.concurrent.each(['SIGTERM', 'SIGINT'] as const)('after %s offline is the last thing said', async (signal) => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(pty, [slave('1A2B'), slave('3C4D'), slave('5E6F', { version: 1 })]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await subscriber.sees('TWC/5E6F/carsCharging', '1');
  const from = performance.now();
  expect(await bridge.end(signal)).toBe(0);
  expect(performance.now() - from).toBeLessThan(3_000);
  await subscriber.sees('TWC/status', 'offline', 1_000);
  expect(subscriber.messages.at(-1)).toMatchObject({ topic: 'TWC/status', payload: 'offline' });
});

test.concurrent('with a dead broker the bridge still ends within 3 s', async () => {
  await using broker = await startSilentBroker();
  await using pty = await createPty();
  await using folder = await createFolder();
  using bus = attach(pty, [slave('1A2B'), slave('3C4D')]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await until(() => bus.heartbeats('3C4D').length > 2, 'heartbeats');
  expect(broker.connections).toBeGreaterThan(0);
  const { code, took } = await bridge.stop();
  expect(code).toBe(0);
  expect(took).toBeLessThan(3_000);
});

test.concurrent('with a broker that acknowledges nothing the bridge still ends within 3 s', async () => {
  await using broker = await startStallingBroker();
  await using pty = await createPty();
  await using folder = await createFolder();
  using bus = attach(pty, [slave('1A2B'), slave('3C4D')]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await until(() => bus.heartbeats('3C4D').length > 2, 'heartbeats');
  const { code, took } = await bridge.stop();
  expect(code).toBe(0);
  expect(took).toBeLessThan(3_000);
});

const BURST_EVERY = 20;

/** Memory in MB while a charger's values change as fast as the bus can say it: once warm, and 15 s later. */
async function memoryAround(bridge: RunningBridge, pty: Pty): Promise<{ before: number; after: number }> {
  using bus = attach(pty, []);
  await bridge.says(/: open$/);
  let before = 0;
  const [sender, receiver] = [slave('9ABC').id, slave('7777').id];
  const from = performance.now();
  for (let said = 0; performance.now() - from < 25_000; said++) {
    bus.say({
      name: 'slaveHeartbeat',
      sender,
      receiver,
      state: 1,
      limitAmps: 32,
      actualAmps: 6 + (said % 2_000) / 100,
    });
    await observe(BURST_EVERY);
    if (before === 0 && performance.now() - from > 10_000) before = await bridge.memory();
  }
  return { before, after: await bridge.memory() };
}

const badBrokers = [
  { name: 'says nothing', begin: startSilentBroker },
  { name: 'acknowledges nothing', begin: startStallingBroker },
];

test.concurrent.each(badBrokers)('memory stays flat while the broker $name', async ({ begin }) => {
  await using broker = await begin();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  const { before, after } = await memoryAround(bridge, pty);
  expect(after).toBeLessThan(before + 10);
  // One publication of each topic at most waits for its acknowledgement, in each connection.
  const rows = [...Object.values(bridgeTopics), ...Object.values(chargerTopics)];
  const topics = rows.filter(({ value }) => value !== undefined);
  expect(broker.publications / broker.connections).toBeLessThanOrEqual(topics.length);
});

test.concurrent('with an adapter and a broker the bridge needs at most 75 MB', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  using _bus = attach(pty, [slave('1A2B'), slave('3C4D'), slave('5E6F', { version: 1 })]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await bridge.says(/: connected$/);
  await observe(20_000);
  expect(await bridge.memory()).toBeLessThanOrEqual(75);
});

test.concurrent('MQTT version 5 is spoken where it is configured', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _bus = attach(pty, [slave('1A2B')]);
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    'status.MQTT.version': '5',
  });
  await subscriber.sees('TWC/1A2B/carsCharging', '1');
  await until(() => broker.lines.some((line) => /connected.* as twc2mqtt-.*\(p5,/.test(line)), 'a client of version 5');
  expect(await bridge.stop()).toMatchObject({ code: 0 });
  await subscriber.sees('TWC/status', 'offline', 1_000);
});

test.concurrent('an encrypted broker of a private authority is trusted when the authority is named', async () => {
  await using folder = await createFolder();
  const authority = await createAuthority(folder);
  await using broker = await startMosquitto({ tls: await authority.sign('IP:127.0.0.1') });
  await using subscriber = await subscribe(broker.url, { ca: await authority.certificate() });
  await using pty = await createPty();
  using _bus = attach(pty, [slave('1A2B')]);
  await using _bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    'status.MQTT.ca': authority.ca,
  });
  await subscriber.sees('TWC/1A2B/availability', 'online');
});

test.concurrent.each([
  {
    name: 'is for another host',
    subject: 'DNS:elsewhere.example',
    named: true,
    says: /certificate is for another host/,
  },
  { name: 'is from an unknown authority', subject: 'IP:127.0.0.1', named: false, says: /unknown authority.*MQTT\.ca/ },
])('an encrypted broker whose certificate $name is refused', async ({ subject, named, says }) => {
  await using folder = await createFolder();
  const authority = await createAuthority(folder);
  await using broker = await startMosquitto({ tls: await authority.sign(subject) });
  await using pty = await createPty();
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    ...(named && { 'status.MQTT.ca': authority.ca }),
  });
  await bridge.says(says);
  await observe(1_500);
  expect(bridge.lines.filter((line) => says.test(line))).toHaveLength(1);
  expect(bridge.lines.filter((line) => /: connected$/.test(line))).toEqual([]);
});

test.concurrent.each(['3.1.1', '5'] as const)(
  'a packet too large for the broker is named, and the rest goes on (MQTT %s)',
  {
    timeout: 90_000,
  },
  async (version) => {
    await using broker = await startMosquitto({ maxPacketSize: 3_000 });
    await using pty = await createPty();
    await using folder = await createFolder();
    await using subscriber = await subscribe(broker.url);
    using _bus = attach(pty, [slave('1A2B')]);
    await using bridge = await startBridge(folder, {
      'interface.port': pty.port,
      'status.MQTT.broker': broker.url,
      'status.MQTT.version': version,
      // One large payload for each charger.
      'homeassistant.discovery': 'device',
    });
    const large =
      /warn .*the broker takes no packet of \d{4,} bytes, homeassistant\/device\/\S+ for one: it is left out$/;
    await bridge.says(large, 60_000);
    const from = performance.now();
    await until(
      () => subscriber.messages.some(({ topic, at }) => topic === 'TWC/1A2B/ampsInUse' && at > from),
      'values flow',
      20_000,
    );
    await observe(3_000);
    const told = bridge.lines.filter((line) => large.test(line)).map((line) => line.slice(line.indexOf(' warn ')));
    expect(told).toEqual([...new Set(told)]);
    expect(bridge.lines.filter((line) => line.includes('does not let us'))).toEqual([]);
  },
);

test.concurrent('a broker that stalls is said to stall, and not to refuse anything', { timeout: 60_000 }, async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  using _bus = attach(pty, [slave('1A2B')]);
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    // It is missed by its pings, not by a missing acknowledgement.
    'status.MQTT.ratelimit': 3_600,
  });
  await bridge.says(/: connected$/);
  await observe(3_000);
  broker.signal('SIGSTOP');
  await bridge.says(/warn .*trying again until it works/, 50_000);
  expect(bridge.lines.filter((line) => line.includes('does not let us'))).toEqual([]);
  broker.signal('SIGCONT');
});
