// What stands on the broker.

import { expect, test } from 'vitest';
import { slave, tesla } from '../world.ts';
import { startBridge } from './bridge.ts';
import { createFolder } from './folder.ts';
import { startMosquitto } from './mosquitto.ts';
import { createPty } from './pty.ts';
import { attach } from './slaves.ts';
import { subscribe } from './subscriber.ts';
import { observe, until } from './until.ts';

const amps = /^\d+(\.\d{1,2})?$/;
const whole = /^\d+$/;

const documented = {
  ampsInUse: amps,
  ampsMax: whole,
  carsCharging: /^[01]$/,
  currentVehicleVIN: /^$|^[A-HJ-NPR-Z0-9]{17}$/,
  lastVehicleVIN: /^$|^[A-HJ-NPR-Z0-9]{17}$/,
  power: amps,
  state: whole,
};
const metered = { lifetimekWh: whole, voltagePhaseA: whole, voltagePhaseB: whole, voltagePhaseC: whole };

/** The topics of all these chargers and of the bridge, each with what its payload must look like. */
function expectedTopics(chargers: Readonly<Record<string, Readonly<Record<string, RegExp>>>>): [string, RegExp][] {
  const own = Object.entries(chargers).flatMap(([id, topics]) =>
    Object.entries(topics).map(([name, pattern]): [string, RegExp] => [`TWC/${id}/${name}`, pattern]),
  );
  return [
    ...own,
    ['TWC/all/totalAmpsInUse', amps],
    ['TWC/config/maxAmpsForSlaves', /^32$/],
    ['TWC/config/minAmpsPerTWC', /^6$/],
    ['TWC/status', /^online$/],
  ];
}

test.concurrent('all documented topics of three chargers stand on the broker within 10 s, retained', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using _slaves = attach(pty, [
    slave('1A2B', { volts: [231, 229, 232], counter: 8_732 }),
    slave('3C4D', {
      volts: [238, 0, 0],
      car: () => ({ amps: 32, phases: 1, vin: '' }),
      counterIn: 'Wh',
      counter: 924_310,
    }),
    slave('5E6F', { version: 1 }),
  ]);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  const topics = expectedTopics({
    '1A2B': { ...documented, ...metered },
    '3C4D': { ...documented, ...metered },
    '5E6F': documented,
  });
  await until(
    () => topics.every(([topic]) => subscriber.value(topic) !== undefined),
    () =>
      `all topics, without ${topics.filter(([topic]) => subscriber.value(topic) === undefined)}\n${bridge.lines.join('\n')}`,
    10_000,
  );

  await subscriber.sees('TWC/1A2B/currentVehicleVIN', tesla.vin);

  await using newcomer = await subscribe(broker.url);
  // MQTT keeps no empty payload: who comes later learns of no VIN by hearing of none.
  const kept = topics.filter(([topic]) => subscriber.value(topic) !== '');
  await until(() => kept.every(([topic]) => newcomer.value(topic) !== undefined), 'all topics retained', 1_000);
  for (const [topic] of kept) {
    expect(newcomer.messages.find((one) => one.topic === topic)?.retained, topic).toBe(true);
  }
  for (const [topic, pattern] of topics) {
    for (const { payload } of subscriber.messages.filter((one) => one.topic === topic)) {
      expect(payload, topic).toMatch(pattern);
    }
  }
  expect(newcomer.values()).toMatchObject({
    'TWC/1A2B/lifetimekWh': '8732',
    'TWC/1A2B/voltagePhaseB': '229',
    'TWC/3C4D/lifetimekWh': '924',
    'TWC/3C4D/voltagePhaseA': '238',
    'TWC/3C4D/voltagePhaseC': '0',
  });
  expect(Object.keys(newcomer.values()).filter((topic) => /5E6F.*(kWh|voltage)/.test(topic))).toEqual([]);
});

/** A unit that answers nothing, so that its values are only what the test makes it say. */
function heartbeat(actualAmps: number) {
  const sender = slave('9ABC').id;
  const receiver = slave('7777').id;
  return { name: 'slaveHeartbeat', sender, receiver, state: 1, limitAmps: 32, actualAmps } as const;
}

const SAYS_EVERY = 100;

test.concurrent('with a rate limit of 5 s no topic is updated twice within 5 s, and the newest value comes', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using bus = attach(pty, []);
  await using bridge = await startBridge(folder, {
    'interface.port': pty.port,
    'status.MQTT.broker': broker.url,
    'status.MQTT.ratelimit': 5,
  });
  await bridge.says(/: open$/);
  for (let said = 0; said < 180; said++) {
    bus.say(heartbeat(10 + said / 100));
    await observe(SAYS_EVERY);
  }
  await subscriber.sees('TWC/9ABC/ampsInUse', '11.79', 6_000);

  const limited = subscriber.messages.filter(({ topic }) => !/\/(status|availability|problem)$/.test(topic));
  const topics = [...new Set(limited.map(({ topic }) => topic))];
  expect(topics).toContain('TWC/9ABC/power');
  for (const topic of topics) {
    const times = limited.filter((one) => one.topic === topic).map(({ at }) => at);
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    // The values of the start go out once more when the link or the broker comes up.
    const settled = gaps.slice(1);
    for (const gap of settled) expect(gap, topic).toBeGreaterThan(4_900);
  }
  const changing = limited.filter(({ topic }) => topic === 'TWC/9ABC/ampsInUse').length;
  expect(changing).toBeGreaterThanOrEqual(4);
  expect(changing).toBeLessThanOrEqual(6);
});

test.concurrent('with a rate limit of 0 every change comes, in order', async () => {
  await using broker = await startMosquitto();
  await using pty = await createPty();
  await using folder = await createFolder();
  await using subscriber = await subscribe(broker.url);
  using bus = attach(pty, []);
  await using bridge = await startBridge(folder, { 'interface.port': pty.port, 'status.MQTT.broker': broker.url });
  await bridge.says(/: connected$/);
  await bridge.says(/: open$/);
  const values = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 6 + i / 10 : 12.34 + i));
  bus.say(heartbeat(values[0] ?? 0));
  for (const value of values) {
    bus.say(heartbeat(value));
    await observe(SAYS_EVERY);
  }
  const got = () =>
    subscriber.messages.filter(({ topic }) => topic === 'TWC/9ABC/ampsInUse').map(({ payload }) => payload);
  await until(
    () => got().length >= values.length,
    () => `${values.length} changes, but got ${got().length}`,
    2_000,
  );
  expect(got()).toEqual(values.map((value) => String(Math.round(value * 100) / 100)));
});
