// The chargers in a real Home Assistant: one of it for all scenarios, each with a bridge and a prefix of its own.

import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ofBridge, onePhase, threePhases } from '../../home-assistant/entities.ts';
import { tesla } from '../../world.ts';
import { type Mosquitto, startMosquitto } from '../mosquitto.ts';
import { subscribe } from '../subscriber.ts';
import { observe, until } from '../until.ts';
import { type Entity, type HomeAssistant, startHomeAssistant } from './hass.ts';
import { photograph } from './photograph.ts';
import { puppet } from './puppet.ts';
import { devicesOf, hasEntities, known } from './registry.ts';
import { type Rig, startRig } from './rig.ts';

/** Draws 6 A whatever it may, so that all values stand still. */
const modest = { ...tesla, amps: 6 };
const alice = puppet('1A2B', { volts: [231, 229, 232] });
const bob = puppet('3C4D', { volts: [238, 0, 0], counterIn: 'Wh', counter: 8_732_000 });
alice.car = modest;
bob.car = { amps: 10, phases: 1, vin: '' };

let broker: Mosquitto;
let hass: HomeAssistant;
let rig: Rig;

/** What was shown and delivered in the trial of the energy, kWh. */
let rise = { shown: 0, delivered: 0 };

beforeAll(async () => {
  broker = await startMosquitto({ persistence: true });
  hass = await startHomeAssistant(broker.port);
  rig = await startRig(broker, [alice, bob], { 'status.MQTT.topicPrefix': 'TWC' });
});

afterAll(async () => {
  await rig?.[Symbol.asyncDispose]();
  await hass?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
});

/** All enabled entities of the bridge and of both chargers. */
const settled = {
  'binary_sensor.twc_1a2b_charging': 'on',
  'binary_sensor.twc_1a2b_vehicle_connected': 'on',
  'binary_sensor.twc_3c4d_charging': 'on',
  'binary_sensor.twc_3c4d_vehicle_connected': 'on',
  'binary_sensor.twc_connectivity': 'on',
  'binary_sensor.twc_problem': 'off',
  'number.twc_1a2b_current_limit': '32',
  'number.twc_3c4d_current_limit': '32',
  'number.twc_circuit_limit': '32',
  'sensor.twc_1a2b_current': '6',
  'sensor.twc_1a2b_reported_limit': '16',
  'sensor.twc_1a2b_charge_status': 'C',
  'sensor.twc_1a2b_offered_current': '16',
  'sensor.twc_1a2b_hardware_limit': '32',
  'sensor.twc_1a2b_last_session': 'unknown',
  'sensor.twc_1a2b_phases_in_use': '3',
  'sensor.twc_1a2b_current_phase_a': '6',
  'sensor.twc_1a2b_current_phase_b': '6',
  'sensor.twc_1a2b_current_phase_c': '6',
  'sensor.twc_1a2b_power': String(6 * (231 + 229 + 232)),
  'sensor.twc_1a2b_status': 'Charging',
  'sensor.twc_1a2b_vehicle': tesla.vin,
  'sensor.twc_1a2b_voltage_phase_a': '231',
  'sensor.twc_1a2b_voltage_phase_b': '229',
  'sensor.twc_1a2b_voltage_phase_c': '232',
  'sensor.twc_3c4d_current': '10',
  'sensor.twc_3c4d_reported_limit': '16',
  'sensor.twc_3c4d_charge_status': 'C',
  'sensor.twc_3c4d_offered_current': '16',
  'sensor.twc_3c4d_hardware_limit': '32',
  'sensor.twc_3c4d_last_session': 'unknown',
  'sensor.twc_3c4d_phases_in_use': '1',
  'sensor.twc_3c4d_current_phase_a': '10',
  'sensor.twc_3c4d_power': '2380',
  'sensor.twc_3c4d_status': 'Charging',
  'sensor.twc_3c4d_vehicle': 'unknown',
  'sensor.twc_3c4d_voltage_phase_a': '238',
  'sensor.twc_minimum_current': '6',
  'sensor.twc_problem_description': 'unknown',
  'sensor.twc_total_current': '16',
  'sensor.twc_total_power': String(6 * (231 + 229 + 232) + 2380),
  'button.twc_charge_now': 'unknown',
  'button.twc_end_charge_now': 'unknown',
  'number.twc_charge_now_current': '32',
  'number.twc_charge_now_duration': '60',
  'switch.twc_1a2b_full_current': 'on',
  'switch.twc_3c4d_full_current': 'on',
};

/** What the present session of a charger looks like, which goes on meanwhile. */
const session = {
  session_duration: /^\d+$/,
  session_energy: /^\d+(\.\d+)?$/,
  energy: /^\d+(\.\d+)?$/,
  session_start: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/,
};
/** What moves: sessions, and the share of bad frames, which is known after a minute with enough of them. */
const moving: readonly (readonly [string, RegExp])[] = [
  ...['twc_1a2b', 'twc_3c4d'].flatMap((uid) =>
    Object.entries(session).map(([key, pattern]) => [`sensor.${uid}_${key}`, pattern] as const),
  ),
  ['sensor.twc_total_energy', /^\d+(\.\d+)?$/],
  ['sensor.twc_bad_frames', /^(unknown|\d+(\.\d+)?)$/],
];

async function showsAll(expected: Readonly<Record<string, string>>, within: number): Promise<void> {
  const matching = Object.fromEntries(moving.map(([entityId, pattern]) => [entityId, expect.stringMatching(pattern)]));
  const whole = () => expect(hass.states(/\.twc_/)).toEqual({ ...expected, ...matching });
  const same = () =>
    Object.entries(expected).every(([entityId, state]) => hass.state(entityId) === state) &&
    moving.every(([entityId, pattern]) => pattern.test(hass.state(entityId) ?? ''));
  await until(same, 'all values', within).catch(whole);
  whole();
}

describe('a bridge with two chargers', () => {
  test('shows every value', async () => {
    await showsAll(settled, 45_000);
  });

  test('is a device, and so is each charger, connected via it', async () => {
    const [bridge, ...chargers] = await devicesOf(hass, 'twc');
    expect(bridge).toMatchObject({ name: 'TWC bridge', via_device_id: null });
    expect(chargers).toEqual(
      ['1A2B', '3C4D'].map((id) =>
        expect.objectContaining({
          identifiers: [['mqtt', `twc_${id.toLowerCase()}`]],
          name: `Wall Connector ${id}`,
          manufacturer: 'Tesla',
          model: 'Wall Connector (Gen 2)',
          serial_number: `A18K000${id}`,
          sw_version: '4.5.3.2',
          via_device_id: bridge?.id,
        }),
      ),
    );
  });

  test('has the entities that people have', async () => {
    await hasEntities(hass, 'twc', ofBridge);
    await hasEntities(hass, 'twc_1a2b', threePhases);
    await hasEntities(hass, 'twc_3c4d', onePhase);
  });

  test('has a page in Home Assistant for each charger', async () => {
    const [device] = (await devicesOf(hass, 'twc')).slice(1);
    const texts = ['Wall Connector 1A2B', 'Charging', 'Full current', 'Session energy', tesla.vin];
    await photograph(hass, `/config/devices/device/${device?.id}`, texts, 'home-assistant-device');
  });
});

describe.concurrent('among others', () => {
  test('a state that is in no table changes nothing while the car charges, and an error is shown', async () => {
    const odd = puppet('1A2B');
    await using _rig = await startRig(broker, [odd], { 'status.MQTT.topicPrefix': 'Odd' });
    await hass.shows('sensor.odd_1a2b_status', 'Charging', 40_000);
    odd.code = 77;
    await observe(3_000);
    expect(hass.state('sensor.odd_1a2b_status')).toBe('Charging');
    expect(await hass.attributes('sensor.odd_1a2b_status')).toMatchObject({ description: 'Unknown (code 77)' });
    odd.code = 2;
    await hass.shows('sensor.odd_1a2b_status', 'Error');
    await hass.shows('sensor.odd_1a2b_charge_status', 'E');
  });

  test('what is set in Home Assistant reaches the charger, and shows there once it holds', async () => {
    const obedient = puppet('1A2B');
    await using _rig = await startRig(broker, [obedient], { 'status.MQTT.topicPrefix': 'Obedient' });
    await hass.shows('sensor.obedient_1a2b_current', /^1[56]/, 30_000);
    await call('number.set_value', 'number.obedient_1a2b_current_limit', { value: 10 });
    await hass.shows('number.obedient_1a2b_current_limit', '10');
    await hass.shows('sensor.obedient_1a2b_reported_limit', '10', 20_000);
    await call('switch.turn_off', 'switch.obedient_1a2b_full_current');
    await hass.shows('switch.obedient_1a2b_full_current', 'off');
    await hass.shows('sensor.obedient_1a2b_reported_limit', '6', 20_000);
    await call('number.set_value', 'number.obedient_circuit_limit', { value: 8 });
    await hass.shows('number.obedient_circuit_limit', '8');
  });

  test('the VIN is unknown when the car has gone', async () => {
    const visited = puppet('1A2B');
    await using _rig = await startRig(broker, [visited], { 'status.MQTT.topicPrefix': 'Visited' });
    await hass.shows('sensor.visited_1a2b_vehicle', tesla.vin, 30_000);
    visited.car = undefined;
    await hass.shows('sensor.visited_1a2b_vehicle', 'unknown', 15_000);
    await hass.shows('sensor.visited_1a2b_status', 'Ready');
    await hass.shows('binary_sensor.visited_1a2b_charging', 'off');
    await hass.shows('sensor.visited_1a2b_power', '0');
  });

  test('a charger that is gone is unavailable within 30 s, and it alone', async () => {
    const [going, staying] = [puppet('1A2B'), puppet('3C4D')];
    await using _rig = await startRig(broker, [going, staying], { 'status.MQTT.topicPrefix': 'Muted' });
    await hass.shows('sensor.muted_1a2b_energy', /^924/, 30_000);
    await hass.shows('sensor.muted_3c4d_energy', /^924/, 30_000);
    going.there = false;
    await hass.shows('sensor.muted_1a2b_status', 'unavailable', 30_000);
    await until(() => statesOf('muted_1a2b').every((state) => state === 'unavailable'), 'all of it are', 1_000);
    expect(statesOf('muted_(3c4d|connectivity|total|problem)')).not.toContain('unavailable');
    going.there = true;
    await until(() => !statesOf('muted_').includes('unavailable'), 'it is back', 15_000);
  });

  test('a bridge that is killed is unavailable, and available again when it is back', async () => {
    await using mortal = await startRig(broker, [puppet('1A2B')], { 'status.MQTT.topicPrefix': 'Mortal' });
    await hass.shows('sensor.mortal_1a2b_energy', /^924/, 30_000);
    const before = Object.keys(hass.states(/\.mortal_/));
    await mortal.bridge.end('SIGKILL');
    await hass.shows('binary_sensor.mortal_connectivity', 'off', 5_000);
    const others = () => statesOf('mortal_(?!connectivity)');
    await until(() => others().every((state) => state === 'unavailable'), 'all are unavailable', 5_000);
    await mortal.restart();
    await hass.shows('binary_sensor.mortal_connectivity', 'on');
    await until(() => !others().includes('unavailable'), 'all are available', 15_000);
    expect(Object.keys(hass.states(/\.mortal_/))).toEqual(before);
  });

  test('the same announcement again changes nothing', async () => {
    await using _rig = await startRig(broker, [puppet('1A2B')], { 'status.MQTT.topicPrefix': 'Same' });
    await known(hass, 'same_1a2b');
    const before = await hass.entities('same_1a2b');
    await using announced = await subscribe(broker.url, { filter: 'homeassistant/+/same_1a2b/+/config' });
    await until(() => announced.messages.length >= threePhases.length, 'all announcements');
    await publish([...announced.messages]);
    await until(() => announced.messages.length >= 2 * threePhases.length, 'all announcements again');
    await observe(2_000);
    expect(await hass.entities('same_1a2b')).toEqual(before);
    expect(statesOf('same_1a2b')).not.toContain('unavailable');
  });

  test('announced as bundles, the entities are the same', async () => {
    await using bundled = await startRig(broker, [puppet('1A2B')], { ...device, 'status.MQTT.topicPrefix': 'Bundle' });
    await known(hass, 'bundle_1a2b');
    await hasEntities(hass, 'bundle', ofBridge);
    await hasEntities(hass, 'bundle_1a2b', threePhases);
    await hass.shows('sensor.bundle_1a2b_energy', /^924/);
    await bundled.bridge.end('SIGKILL');
    await hass.shows('binary_sensor.bundle_connectivity', 'off', 5_000);
    await hass.shows('sensor.bundle_1a2b_energy', 'unavailable', 5_000);
  });

  test('from entity to bundle and back every entity keeps its id, and what people made of it', async () => {
    await using moving = await startRig(broker, [puppet('1A2B')], { 'status.MQTT.topicPrefix': 'Moving' });
    await known(hass, 'moving_1a2b');
    await hass.ask('config/entity_registry/update', {
      entity_id: 'sensor.moving_1a2b_power',
      new_entity_id: 'sensor.garage_power',
      name: 'Garage power',
    });
    await hass.shows('sensor.garage_power', /^\d+$/);
    const before = [...(await hass.entities('moving')), ...(await hass.entities('moving_1a2b'))].map(identity);
    expect(before).toContainEqual(expect.objectContaining({ entity_id: 'sensor.garage_power', name: 'Garage power' }));
    await using watched = await subscribe(broker.url, { filter: 'homeassistant/#' });
    for (const mode of ['device', 'entity'] as const) {
      await moving.restart({ 'homeassistant.discovery': mode });
      const old = (topic: string) => /\/moving\w*\//.test(topic) && topic.includes('/device/') !== (mode === 'device');
      const left = () => Object.entries(watched.values()).filter(([topic, payload]) => old(topic) && payload !== '');
      await until(
        () => left().length === 0 && watched.messages.some(({ topic }) => old(topic)),
        () => `the old form is emptied, but ${left()}`,
        30_000,
      );
      await observe(1_000);
      const after = [...(await hass.entities('moving')), ...(await hass.entities('moving_1a2b'))].map(identity);
      expect(after).toEqual(before);
      await hass.shows('sensor.garage_power', /^\d+$/);
    }
  });

  test('discovery that is switched off takes the devices away', async () => {
    await using quiet = await startRig(broker, [puppet('1A2B')], { 'status.MQTT.topicPrefix': 'Quiet' });
    await known(hass, 'quiet_1a2b');
    await quiet.restart({ 'homeassistant.discovery': 'off' });
    await until(async () => (await devicesOf(hass, 'quiet')).length === 0, 'the devices are gone', 15_000);
    expect(hass.states(/\.quiet_/)).toEqual({});
    await using held = await subscribe(broker.url, { filter: '+/status' });
    await held.sees('Quiet/status', 'online');
    await using left = await subscribe(broker.url, { filter: 'homeassistant/#' });
    await left.sees('homeassistant/sensor/twc_1a2b/status/config', /./);
    expect(left.messages.filter(({ topic }) => topic.includes('quiet'))).toEqual([]);
  });

  test('two bridges with a charger of the same id are two devices', async () => {
    const [red, blue] = [puppet('1A2B', { serial: 'RED' }), puppet('1A2B', { serial: 'BLUE', counter: 17 })];
    await using _twin = await startRig(broker, [red], { 'status.MQTT.topicPrefix': 'Twin' });
    await using _other = await startRig(broker, [blue], { 'status.MQTT.topicPrefix': 'Twin2' });
    await hass.shows('sensor.twin_1a2b_energy', /^924/, 30_000);
    await hass.shows('sensor.twin2_1a2b_energy', /^17/, 30_000);
    await known(hass, 'twin_1a2b');
    await known(hass, 'twin2_1a2b');
    const [, one] = await devicesOf(hass, 'twin');
    const [, other] = await devicesOf(hass, 'twin2');
    expect([one?.serial_number, other?.serial_number]).toEqual(['RED', 'BLUE']);
    await hasEntities(hass, 'twin_1a2b', threePhases);
    await hasEntities(hass, 'twin2_1a2b', threePhases);
  });

  test('energy rises', async () => {
    await using _rig = await startRig(broker, [puppet('1A2B')], { 'status.MQTT.topicPrefix': 'Meter' });
    await awayFromStatistics(40_000);
    // Whole kWh are minutes apart; between them the energy is continued by power.
    await hass.shows('sensor.meter_1a2b_energy', /^924/, 60_000);
    await hass.shows('sensor.meter_1a2b_energy', /^924\.(0[5-9]|[1-9])/, 60_000);
  }, 150_000);

  test('energy rises by what is delivered, whatever becomes of the bridge and of the counter', async () => {
    const tried = puppet('1A2B', { counterIn: 'Wh', counter: 500_300 });
    await using rig = await startRig(broker, [tried], { 'status.MQTT.topicPrefix': 'Tried' });
    const energy = () => Number(hass.state('sensor.tried_1a2b_energy'));
    await hass.shows('sensor.tried_1a2b_energy', /^500/, 60_000);
    const [shownFirst, deliveredFirst] = [energy(), tried.delivered];
    const rises = async () => {
      const from = energy();
      await until(
        () => energy() > from + 0.04,
        () => `more than ${from}: ${energy()}`,
        90_000,
      );
    };
    await rises();
    const kill = () => rig.restart({}, 'SIGKILL');
    const counts = (counter: typeof tried.counter) => () => {
      tried.counter = counter;
    };
    const troubles = [
      kill,
      counts((counter) => counter - 500_000),
      kill,
      counts((counter) => Math.floor(counter / 1_000)),
      counts((counter) => counter + 7_000_000),
    ];
    for (const trouble of troubles) {
      await trouble();
      await until(() => !Number.isNaN(energy()), 'it is known again', 60_000);
      await rises();
    }
    rise = { shown: energy() - shownFirst, delivered: tried.delivered - deliveredFirst };
    // While it is killed nothing is seen of what the car takes.
    expect(rise.shown).toBeGreaterThan(0.85 * rise.delivered);
    expect(rise.shown).toBeLessThan(1.03 * rise.delivered + 0.01);
  }, 400_000);
});

describe('outages', () => {
  test.each([
    ['that forgets everything', 'SIGKILL'],
    ['that remembers', 'SIGTERM'],
  ] as const)('after a restart of a broker %s all values are back', async (_what, signal) => {
    await broker.stop(signal);
    await hass.shows('sensor.twc_1a2b_status', 'unavailable');
    await observe(3_000);
    await broker.restart();
    await showsAll(settled, 15_000);
    await using held = await subscribe(broker.url, { filter: 'homeassistant/+/twc_1a2b/+/config' });
    await until(() => held.messages.length === threePhases.length, 'all announcements are retained', 5_000);
  });

  test('after a restart of Home Assistant all values are back within 15 s', async () => {
    await hass.restart();
    await showsAll(settled, 15_000);
    await hasEntities(hass, 'twc_1a2b', threePhases);
  });

  test('a charger that is deleted in Home Assistant stays away until the bridge restarts', async () => {
    await using unwanted = await startRig(broker, [puppet('1A2B')], { 'status.MQTT.topicPrefix': 'Gone' });
    await known(hass, 'gone_1a2b');
    const [, charger] = await devicesOf(hass, 'gone');
    await hass.ask('config/device_registry/remove', { device_id: charger?.id });
    const there = async () => (await devicesOf(hass, 'gone')).map(({ name }) => name);
    await until(async () => (await there()).length === 1, 'it is gone');
    await broker.stop('SIGTERM');
    await broker.restart();
    // Home Assistant itself tries again about 10 s after it lost the broker.
    await hass.shows('binary_sensor.gone_connectivity', 'on', 30_000);
    await observe(5_000);
    expect(await there()).toEqual(['TWC bridge Gone']);
    await unwanted.restart();
    await until(async () => (await there()).length === 2, 'it is back');
    await hass.shows('sensor.gone_1a2b_energy', /^924/, 30_000);
  });

  test('a charger that was given away and is deleted in Home Assistant is forgotten', async () => {
    const sold = puppet('3C4D');
    sold.there = false;
    await using bridge = await startRig(broker, [puppet('1A2B'), sold], { 'status.MQTT.topicPrefix': 'Sold' });
    await until(async () => (await devicesOf(hass, 'sold')).length === 3, 'all are there');
    await using held = await subscribe(broker.url, { filter: ['Sold/#', 'homeassistant/#'] });
    await held.sees('Sold/3C4D/limit', '32');
    // What it may still hold is free for the other now.
    await held.sees('Sold/1A2B/ampsOffered', '32', 90_000);
    const charger = (await devicesOf(hass, 'sold')).find(({ identifiers }) => identifiers[0]?.[1] === 'sold_3c4d');
    await hass.ask('config/device_registry/remove', { device_id: charger?.id });
    const left = () =>
      Object.entries(held.values()).filter(([topic, value]) => /sold.3c4d/i.test(topic) && value !== '');
    await until(
      () => left().length === 0,
      () => `all of it is gone, but: ${left().join(' ')}`,
    );
    await bridge.restart();
    await hass.shows('binary_sensor.sold_connectivity', 'on', 30_000);
    await observe(5_000);
    expect(left()).toEqual([]);
    sold.there = true;
    await hass.shows('sensor.sold_3c4d_status', 'Charging', 60_000);
  });
});

test('energy has statistics that nothing is wrong with', async () => {
  const energies = ['sensor.meter_1a2b_energy', 'sensor.tried_1a2b_energy'];
  const ids = await hass.ask<{ statistic_id: string }[]>('recorder/list_statistic_ids', { statistic_type: 'sum' });
  for (const statistic_id of energies) {
    expect(ids).toContainEqual(
      expect.objectContaining({ statistic_id, has_sum: true, statistics_unit_of_measurement: 'kWh' }),
    );
  }
  const start_time = new Date(Date.now() - 3_600_000).toISOString();
  const compiled = () =>
    hass.ask<Record<string, { state: number; sum: number }[]>>('recorder/statistics_during_period', {
      statistic_ids: energies,
      start_time,
      period: '5minute',
      types: ['state', 'sum'],
    });
  const newest = async () => {
    const found = await compiled();
    return energies.map((id) => found[id]?.at(-1) ?? { state: 0, sum: 0 });
  };
  await until(
    async () => {
      const [meter, tried] = await newest();
      return (meter?.state ?? 0) > 924 && (tried?.sum ?? 0) > rise.shown - 0.02;
    },
    'statistics',
    STATISTICS_EVERY + 60_000,
  );
  const [meter, tried] = await newest();
  expect(meter?.sum).toBeGreaterThan(0);
  expect(meter?.sum).toBeLessThan(1);
  // Until the end of its bridge it rose on.
  expect(tried?.sum).toBeGreaterThan(rise.shown - 0.02);
  expect(tried?.sum).toBeLessThan(rise.shown + 0.1);
  expect(await hass.ask('recorder/validate_statistics')).toEqual({});
}, 400_000);

test('Home Assistant had nothing to complain of', async () => {
  const ours = /homeassistant\.components\.(mqtt|sensor|binary_sensor|number|switch|recorder\.statistics)/;
  const complaints = (await hass.complaints()).filter((line) => ours.test(line));
  expect(complaints.filter((line) => !itsOwn.some((pattern) => pattern.test(line)))).toEqual([]);
});

/** What it says of what it does itself. */
const itsOwn: readonly RegExp[] = [
  // It writes a line for each entity that it updates when whole bridges come and go.
  /is logging too frequently/,
  // Going back from bundles.
  /No device components to cleanup/,
  // The broker was taken away.
  /mqtt\.(client|util): .*(The connection was lost|No ACK from MQTT server|The client is not currently connected)/,
];

const device = { 'homeassistant.discovery': 'device' } as const;

/** Does what a person does with an entity. */
async function call(action: string, entity_id: string, service_data = {}): Promise<void> {
  const [domain, service] = action.split('.');
  await hass.ask('call_service', { domain, service, service_data, target: { entity_id } });
}

async function publish(messages: readonly { readonly topic: string; readonly payload: string }[]): Promise<void> {
  const client = await connectAsync(broker.url);
  for (const { topic, payload } of messages) await client.publishAsync(topic, payload, { qos: 1, retain: true });
  await client.endAsync();
}

function statesOf(pattern: string): string[] {
  return Object.values(hass.states(new RegExp(`\\.${pattern}`)));
}

function identity({ entity_id, unique_id, device_id, name, disabled_by }: Entity) {
  return { entity_id, unique_id, device_id, name, disabled_by };
}

const STATISTICS_EVERY = 300_000;

/** Waits, if need be, until statistics will not be made within this time. */
async function awayFromStatistics(milliseconds: number): Promise<void> {
  const left = STATISTICS_EVERY - (Date.now() % STATISTICS_EVERY);
  if (left < milliseconds) await observe(left + 1_000);
}
