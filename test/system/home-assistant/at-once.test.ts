// How soon a real Home Assistant shows what happens at a charger, with the rate limit that is the default outside the app:
// seconds from the bus to each entity when a car is plugged in, begins to charge, stops and leaves.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Car } from '../../../src/simulator/slave.ts';
import { tesla } from '../../world.ts';
import { type Mosquitto, startMosquitto } from '../mosquitto.ts';
import { observe, until } from '../until.ts';
import { type HomeAssistant, startHomeAssistant } from './hass.ts';
import { puppet } from './puppet.ts';
import { type Rig, startRig } from './rig.ts';

/** No entity contradicts another, or the charger, for longer, s. A charge ends after 5 s without current. */
const WITHIN = 7;
const STEADY = 20_000;

const charger = puppet('1A2B', { volts: [230, 230, 230] });
charger.car = undefined;
let broker: Mosquitto;
let hass: HomeAssistant;
let rig: Rig;

beforeAll(async () => {
  broker = await startMosquitto({ persistence: true });
  hass = await startHomeAssistant(broker.port);
  rig = await startRig(broker, [charger], { 'status.MQTT.topicPrefix': 'TWC', 'status.MQTT.ratelimit': 60 });
  await hass.shows('binary_sensor.twc_1a2b_vehicle_connected', 'off', 60_000);
  await hass.shows('sensor.twc_1a2b_power', '0', 30_000);
});

afterAll(async () => {
  await rig?.[Symbol.asyncDispose]();
  await hass?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
});

interface Scene {
  readonly car: Car | undefined;
  readonly shows: Readonly<Record<string, RegExp>>;
}

/** What moves while a car takes more and more: it is late only after the charger has told the last of it. */
const measured = new Set(['sensor.*_current', 'sensor.*_power']);

const waiting = { ...tesla, amps: 0 };
const scenes: Readonly<Record<string, Scene>> = {
  'a car is plugged in': {
    car: waiting,
    shows: { 'binary_sensor.*_vehicle_connected': /^on$/, 'sensor.*_charge_status': /^B$/ },
  },
  'it charges': {
    car: tesla,
    shows: {
      'binary_sensor.*_charging': /^on$/,
      'binary_sensor.*_vehicle_connected': /^on$/,
      'sensor.*_status': /^Charging$/,
      'sensor.*_charge_status': /^C$/,
      'sensor.*_current': /^1[456]/,
      'sensor.*_power': /^(9[5-9]|1\d\d)\d\d$/,
      'sensor.*_reported_limit': /^(16|32)$/,
    },
  },
  'it stops': {
    car: waiting,
    shows: {
      'binary_sensor.*_charging': /^off$/,
      'sensor.*_charge_status': /^B$/,
      'sensor.*_current': /^0(\.\d+)?$/,
      'sensor.*_power': /^0$/,
    },
  },
  'it charges again': {
    car: tesla,
    shows: {
      'binary_sensor.*_charging': /^on$/,
      'sensor.*_current': /^1[456]/,
      'sensor.*_power': /^(9[5-9]|1\d\d)\d\d$/,
    },
  },
  'it is unplugged while it charges': {
    car: undefined,
    shows: {
      'binary_sensor.*_charging': /^off$/,
      'binary_sensor.*_vehicle_connected': /^off$/,
      'sensor.*_status': /^Ready$/,
      'sensor.*_charge_status': /^A$/,
      'sensor.*_current': /^0(\.\d+)?$/,
      'sensor.*_power': /^0$/,
      'sensor.*_vehicle': /^unknown$/,
    },
  },
};

test.each(Object.entries(scenes))(
  'when %s every entity says so within seconds',
  async (name, { car, shows }) => {
    const from = performance.now();
    charger.car = car;
    const took: Record<string, number> = {};
    let told: number | undefined;
    await until(
      () => {
        const seconds = Math.round((performance.now() - from) / 100) / 10;
        if (shows['sensor.*_current']?.test(String(charger.amps[0]))) told ??= seconds;
        for (const [entity, state] of Object.entries(shows)) {
          const shown = state.test(hass.state(entity.replace('*', 'twc_1a2b')) ?? '');
          if (shown) took[entity] ??= seconds;
          else delete took[entity];
        }
        return Object.keys(took).length === Object.keys(shows).length;
      },
      () => `all entities, but only ${JSON.stringify(took)}: ${JSON.stringify(hass.states(/twc_1a2b/))}`,
      30_000,
    );
    console.log(`${name}: ${JSON.stringify(took)}, the current told after ${told} s`);
    const first = Math.min(...Object.values(took));
    for (const [entity, seconds] of Object.entries(took)) {
      const since = measured.has(entity) ? (told ?? Number.NaN) : first;
      expect(seconds - since, entity).toBeLessThanOrEqual(WITHIN);
    }
    await observe(STEADY);
    for (const [entity, state] of Object.entries(shows)) {
      expect(hass.state(entity.replace('*', 'twc_1a2b')), `${entity} later`).toMatch(state);
    }
  },
  90_000,
);
