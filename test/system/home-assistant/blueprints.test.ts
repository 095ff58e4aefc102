// The blueprints in a real Home Assistant, each as a closed loop with a simulated sun, house, charger and car.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tesla } from '../../world.ts';
import { type Mosquitto, startMosquitto } from '../mosquitto.ts';
import { type Subscriber, subscribe } from '../subscriber.ts';
import { observe, until } from '../until.ts';
import { type HomeAssistant, startHomeAssistant } from './hass.ts';
import { type House, startHouse } from './house.ts';
import { puppet } from './puppet.ts';
import { startRig } from './rig.ts';

const files = {
  sun: 'charge_with_the_sun.yaml',
  fuse: 'protect_the_main_fuse.yaml',
  cheap: 'charge_when_cheap.yaml',
  end: 'say_when_charging_ends.yaml',
};

let broker: Mosquitto;
let hass: HomeAssistant;

beforeAll(async () => {
  broker = await startMosquitto();
  hass = await startHomeAssistant(broker.port);
  for (const file of Object.values(files)) await hass.takeBlueprint(file);
});

afterAll(async () => {
  await hass?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
});

/** The charger's entities by what the blueprints call them. A switch that cannot stop the car has another name. */
function entities(uid: string, switchName: 'charge' | 'full_current' = 'full_current') {
  return {
    limit: `number.${uid}_current_limit`,
    allowed: `switch.${uid}_${switchName}`,
    charging: `binary_sensor.${uid}_charging`,
    current: `sensor.${uid}_current`,
  };
}

/** As in the app. */
const usual = { 'status.MQTT.ratelimit': 5 };
/** How long car and meter take here, s: the bridge changes a limit every 5 s, and a car needs some seconds. */
const SETTLE = 12;
const ENOUGH = 60_000;

/** The limits that were ordered since `from`. */
function orders(commands: Subscriber, from: number): number[] {
  return commands.messages.filter(({ at, topic }) => at >= from && topic.endsWith('/limit')).map((one) => +one.payload);
}

/** Watts left over for the car at the end: the mean of the last three seconds. */
function leftOver({ record }: House): number {
  const last = record.slice(-3);
  return -last.reduce((sum, { gridWatts }) => sum + gridWatts, 0) / last.length;
}

describe.concurrent('with the sun', () => {
  test('the limit follows it in at most two steps, and then stands still', { timeout: 300_000 }, async () => {
    const charger = puppet('1A2B');
    await using _rig = await startRig(broker, [charger], { ...usual, 'status.MQTT.topicPrefix': 'Sun' });
    await using commands = await subscribe(broker.url, { filter: 'Sun/1A2B/set/#' });
    using house = startHouse(hass, 'sun_house', charger);
    const charger_ = entities('sun_1a2b');
    house.loads = [1, 0.5, 0.5];
    await hass.shows(charger_.current, /^1[56]/, 40_000);
    await hass.automate('follow_the_sun', files.sun, {
      ...charger_,
      power: house.power,
      settle: SETTLE,
      silent: 30,
    });
    await hass.shows(charger_.limit, '6', 30_000);
    await settled(commands);
    charger.car = { ...tesla, amps: 32 };
    for (const sun of [8_500, 13_000, 5_200]) {
      const from = performance.now();
      const before = Number(hass.state(charger_.limit));
      house.sun = sun;
      await until(() => orders(commands, from).length > 0, `the limit follows ${sun} W`, 20_000);
      await settled(commands);
      const steps = orders(commands, from);
      const end = Number(hass.state(charger_.limit));
      expect(steps.length, `${sun} W: ${steps}`).toBeLessThanOrEqual(2);
      for (const step of steps) {
        expect(step, `${sun} W: ${steps}`).toBeLessThanOrEqual(Math.max(before, end) + 1);
        expect(step, `${sun} W: ${steps}`).toBeGreaterThanOrEqual(Math.min(before, end) - 1);
      }
      // Less than an ampere of three phases is left, and not more is taken from the grid than may be.
      expect(leftOver(house), `${sun} W: ${steps}`).toBeGreaterThan(-150 - 20);
      expect(leftOver(house), `${sun} W: ${steps}`).toBeLessThan(690 + 20);
    }
    house.sun = 12_000;
    await until(() => Number(hass.state(charger_.limit)) > 12, 'much sun', 30_000);
    house.speaks = false;
    await hass.shows(charger_.limit, '6', 45_000);
  });

  test('charging stops when there is not enough, and starts again', { timeout: 300_000 }, async () => {
    const charger = puppet('1A2B', { version: 1 });
    charger.car = { ...tesla, amps: 32, phases: 1 };
    await using _rig = await startRig(broker, [charger], { ...usual, 'status.MQTT.topicPrefix': 'Cloud' });
    await using commands = await subscribe(broker.url, { filter: 'Cloud/1A2B/set/#' });
    using house = startHouse(hass, 'cloud_house', charger);
    const charger_ = entities('cloud_1a2b', 'charge');
    house.loads = [1, 0.5, 0.5];
    await hass.shows(charger_.current, /^[123]\d/, 40_000);
    await hass.automate('sun_or_nothing', files.sun, {
      ...charger_,
      power: house.power,
      phases: '1',
      settle: SETTLE,
      without_sun: 'stop',
      start_delay: 5,
      stop_delay: 5,
    });
    await hass.shows(charger_.allowed, 'off', 60_000);
    await hass.shows(charger_.charging, 'off', 30_000);
    expect(hass.state(charger_.limit)).toBe('6');
    const from = performance.now();
    house.sun = 3_500;
    await hass.shows(charger_.allowed, 'on', 30_000);
    await until(() => Number(hass.state(charger_.limit)) > 6, 'more than the least', ENOUGH);
    await settled(commands);
    expect(leftOver(house)).toBeGreaterThan(-150 - 20);
    expect(leftOver(house)).toBeLessThan(230 + 20);
    expect(orders(commands, from).length).toBeLessThanOrEqual(2);
    house.sun = 0;
    await hass.shows(charger_.allowed, 'off', ENOUGH);
    expect(hass.state(charger_.limit)).toBe('6');
  });
});

describe.concurrent('the main fuse', () => {
  test('is never exceeded for longer than a moment', { timeout: 300_000 }, async () => {
    const FUSE = 25;
    const RAISES_AFTER = 5;
    const charger = puppet('1A2B');
    charger.car = { ...tesla, amps: 32 };
    await using _rig = await startRig(broker, [charger], { ...usual, 'status.MQTT.topicPrefix': 'Fuse' });
    await using commands = await subscribe(broker.url, { filter: 'Fuse/1A2B/set/#' });
    using house = startHouse(hass, 'fuse_house', charger, 1_000);
    const charger_ = entities('fuse_1a2b');
    house.loads = [2, 3, 1];
    await hass.shows(charger_.charging, 'on', 40_000);
    await hass.automate('fuse', files.fuse, {
      limit: charger_.limit,
      charging: [charger_.charging],
      current: charger_.current,
      house: house.phases,
      fuse: FUSE,
      settle: SETTLE,
      raise_delay: RAISES_AFTER,
      silent: 10,
    });
    await until(() => Number(hass.state(charger_.limit)) < 24, 'the limit is lowered', 30_000);
    await settled(commands, SETTLE + RAISES_AFTER + 6);
    for (const loads of [
      [10, 3, 1],
      [1, 1, 7],
    ] as const) {
      const from = performance.now();
      house.loads = loads;
      await until(() => orders(commands, from).length > 0, `the limit follows ${loads}`, 30_000);
      await observe(3_000);
      // A second load comes while the car still follows.
      house.loads = [loads[0] + 2, loads[1] + 2, loads[2] + 2];
      await settled(commands, SETTLE + RAISES_AFTER + 6);
      expect(orders(commands, from).length, `${loads}: ${orders(commands, from)}`).toBeLessThanOrEqual(3);
      expect(house.record.at(-1)?.amps).toBeLessThanOrEqual(FUSE - 1);
      expect(house.record.at(-1)?.amps).toBeGreaterThan(FUSE - 4.5);
      expect(longestAbove(house, FUSE, from)).toBeLessThan(SETTLE * 1_000);
    }
    house.loads = [1, 1, 1];
    await until(() => Number(hass.state(charger_.limit)) > 18, 'it is raised again', ENOUGH);
    house.speaks = false;
    await hass.shows(charger_.limit, '6', 20_000);
  });
});

describe.concurrent('a lease', () => {
  const LEASE = 75;
  const leased = { ...usual, 'control.leaseSeconds': LEASE, 'control.safeAmps': 7 };
  const order = (limit: string, amps: number) =>
    hass.ask('call_service', {
      domain: 'number',
      service: 'set_value',
      service_data: { entity_id: limit, value: amps },
    });

  test('does not run out while the limit is repeated every minute', { timeout: 300_000 }, async () => {
    const charger = puppet('1A2B');
    charger.car = { ...tesla, amps: 32 };
    await using _rig = await startRig(broker, [charger], { ...leased, 'status.MQTT.topicPrefix': 'Lease' });
    await using all = await subscribe(broker.url, { filter: 'Lease/1A2B/#' });
    using house = startHouse(hass, 'lease_house', charger, 1_000);
    const charger_ = entities('lease_1a2b');
    // Neither too much for the fuse nor room for more.
    house.loads = [8.4, 8.4, 8.4];
    await hass.shows(charger_.charging, 'on', 40_000);
    await order(charger_.limit, 10);
    await hass.shows(charger_.current, /^(9|10)/, 30_000);
    const from = performance.now();
    await hass.automate('lease', files.fuse, {
      limit: charger_.limit,
      charging: [charger_.charging],
      current: charger_.current,
      house: house.phases,
      fuse: 20,
      settle: 5,
      raise_delay: 40,
      renew: true,
    });
    const since = (name: string) => all.messages.filter(({ at, topic }) => at > from && topic === `Lease/1A2B/${name}`);
    await until(() => since('set/limit').length > 0, 'it is repeated', 70_000);
    await until(() => new Date().getSeconds() === 50, 'the next minute is near', 70_000);
    // When it would have been repeated it is about to be raised, which takes a while.
    house.loads = [0, 0, 0];
    await until(() => Number(hass.state(charger_.limit)) > 10, 'the limit is raised', 70_000);
    expect(since('limit').map(({ payload }) => payload)).not.toContain('7');
  });

  test('runs out when Home Assistant is silent', { timeout: 300_000 }, async () => {
    await using _rig = await startRig(broker, [puppet('1A2B')], { ...leased, 'status.MQTT.topicPrefix': 'Silent' });
    const { limit, charging } = entities('silent_1a2b');
    await hass.shows(charging, 'on', 40_000);
    const from = performance.now();
    await order(limit, 10);
    await hass.shows(limit, '10');
    await hass.shows(limit, '7', (LEASE + 30) * 1_000);
    expect(performance.now() - from).toBeGreaterThan((LEASE - 1) * 1_000);
  });
});

describe.concurrent('when power is cheap', () => {
  test('a price decides, and a departure more', { timeout: 200_000 }, async () => {
    const charger = puppet('1A2B', { version: 1 });
    await using _rig = await startRig(broker, [charger], { ...usual, 'status.MQTT.topicPrefix': 'Cheap' });
    const charger_ = entities('cheap_1a2b', 'charge');
    await hass.shows(charger_.charging, 'on', 40_000);
    await hass.set('sensor.price', '0.31');
    const input = { limit: charger_.limit, allowed: charger_.allowed, price: 'sensor.price', cheap: 0.2, amps: 16 };
    await hass.automate('cheap', files.cheap, input);
    await hass.set('sensor.price', '0.32');
    await hass.shows(charger_.allowed, 'off', 70_000);
    await hass.set('sensor.price', '0.19');
    await hass.shows(charger_.allowed, 'on');
    await hass.shows(charger_.limit, '16');
    await hass.set('sensor.price', 'unavailable');
    await hass.shows(charger_.allowed, 'off');
    await hass.automate('cheap', files.cheap, { ...input, ...leavesIn(3), energy: 40, kilowatts: 11 });
    await hass.set('sensor.price', '0.5');
    await hass.shows(charger_.allowed, 'on', 70_000);
    await hass.automate('cheap', files.cheap, { ...input, ...leavesIn(3), energy: 10, kilowatts: 11 });
    await hass.set('sensor.price', '0.51');
    await hass.shows(charger_.allowed, 'off', 70_000);
  });

  test('the clock decides, also over midnight', { timeout: 200_000 }, async () => {
    const charger = puppet('1A2B', { version: 1 });
    await using _rig = await startRig(broker, [charger], { ...usual, 'status.MQTT.topicPrefix': 'Night' });
    const charger_ = entities('night_1a2b', 'charge');
    await hass.shows(charger_.charging, 'on', 40_000);
    const input = { limit: charger_.limit, allowed: charger_.allowed, amps: 10 };
    await hass.automate('night', files.cheap, { ...input, start: clock(1), end: clock(23) });
    await hass.shows(charger_.allowed, 'off', 70_000);
    await hass.automate('night', files.cheap, { ...input, start: clock(23), end: clock(1) });
    await hass.shows(charger_.allowed, 'on', 70_000);
    await hass.shows(charger_.limit, '10');
  });
});

describe.concurrent('a message', () => {
  test('says when charging ends, and how much it was', async () => {
    const charger = puppet('1A2B');
    await using _rig = await startRig(broker, [charger], { ...usual, 'status.MQTT.topicPrefix': 'Bell' });
    const { charging } = entities('bell_1a2b');
    await hass.shows(charging, 'on', 40_000);
    await hass.automate('bell', files.end, {
      charging,
      energy: 'sensor.bell_1a2b_session_energy',
      breaks: 3,
      least: 0,
    });
    charger.car = undefined;
    const messages = () =>
      hass.ask<readonly { readonly title: string; readonly message: string }[]>('persistent_notification/get');
    const found = await until(
      async () => (await messages()).find(({ title }) => /1A2B/.test(title)),
      'a message',
      40_000,
    );
    expect(found.message).toMatch(/^Charging has ended: \d+\.\d kWh\.$/);
  });
});

test('no automation had a problem', async () => {
  const complaints = (await hass.complaints()).filter((line) => /automation|script|template|blueprint/.test(line));
  expect(complaints).toEqual([]);
});

/** Waits until nothing was ordered for so long that nothing more will be. */
async function settled(commands: Subscriber, seconds = SETTLE + 6): Promise<void> {
  const QUIET = seconds * 1_000;
  const since = performance.now();
  const last = () => commands.messages.at(-1)?.at ?? since;
  await until(() => performance.now() - Math.max(last(), since) > QUIET, 'nothing more is ordered', 90_000);
}

/** The longest time without a break in which the house took more, ms. */
function longestAbove({ record }: House, amps: number, from: number): number {
  let longest = 0;
  let began: number | undefined;
  for (const moment of record.filter(({ at }) => at >= from)) {
    began = moment.amps > amps ? (began ?? moment.at) : undefined;
    if (began !== undefined) longest = Math.max(longest, moment.at - began);
  }
  return longest;
}

/** The time of day in so many hours, as Home Assistant here has it. */
function clock(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 19);
}

function leavesIn(hours: number) {
  return { departure: clock(hours) };
}
