// The validator sees what Home Assistant would not take.

import { describe, expect, test } from 'vitest';
import { faults } from './validator.ts';

type Json = Record<string, unknown>;

describe('the validator refuses', () => {
  const sensor = {
    unique_id: 'twc_1a2b_load',
    device: { identifiers: ['twc_1a2b'], name: 'Wall Connector 1A2B' },
    origin: { name: 'twc2mqtt' },
    state_topic: 'TWC/1A2B/chargerLoadInW',
    name: 'Load',
    device_class: 'power',
    unit_of_measurement: 'W',
  };
  const bundle = {
    device: sensor.device,
    origin: sensor.origin,
    components: { load: { platform: 'sensor', unique_id: 'x', state_topic: 'a', name: 'Load' } },
  };
  const number = { ...sensor, command_topic: 'TWC/set', device_class: 'current', unit_of_measurement: 'A' };
  const place = 'homeassistant/sensor/twc_1a2b/load/config';
  const whole = 'homeassistant/device/twc_1a2b_all/config';
  const numbers = 'homeassistant/number/twc_1a2b/limit/config';

  test('nothing of what is right', () => {
    expect(faults([{ topic: place, payload: JSON.stringify(sensor) }])).toEqual([]);
    expect(faults([{ topic: whole, payload: JSON.stringify(bundle) }])).toEqual([]);
    expect(faults([{ topic: numbers, payload: JSON.stringify({ ...number, min: 6, max: 32 }) }])).toEqual([]);
  });

  test.each<[what: string, topic: string, payload: unknown, fault: string]>([
    ['amperes as power', place, { ...sensor, unit_of_measurement: 'A' }, 'unit_of_measurement: not of power'],
    ['power without a unit', place, without(sensor, 'unit_of_measurement'), 'unit_of_measurement: not of power'],
    [
      'an enum with a unit',
      place,
      { ...sensor, device_class: 'enum', options: ['a'] },
      'unit_of_measurement: not with',
    ],
    ['an enum without options', place, { ...sensor, device_class: 'enum' }, 'options: missing'],
    ['an enum with no options', place, { ...sensor, device_class: 'enum', options: [] }, 'options: expected a list'],
    ['options of a power', place, { ...sensor, options: ['a'] }, 'options: need device_class enum'],
    ['an option twice', place, { ...sensor, device_class: 'enum', options: ['a', 'a'] }, 'options: one comes twice'],
    ['energy as a measurement', place, energy('measurement'), 'state_class: impossible for energy'],
    ['a state class that is none', place, energy('increasing'), 'state_class: expected'],
    ['an empty key', place, { ...sensor, icon: '' }, 'icon: expected'],
    ['an empty unit', place, { ...sensor, unit_of_measurement: '' }, 'unit_of_measurement: expected text'],
    ['object_id', place, { ...sensor, object_id: 'load' }, 'object_id: unknown key'],
    ['a key spelled wrong', place, { ...sensor, device_clas: 'power' }, 'device_clas: unknown key'],
    ['a device class that is none', place, { ...sensor, device_class: 'amps' }, 'device_class: unknown device class'],
    ['a sensor that sets', place, { ...sensor, entity_category: 'config' }, 'entity_category: a sensor sets nothing'],
    ['an id of another domain', place, { ...sensor, default_entity_id: 'switch.load' }, 'default_entity_id: not of'],
    ['half an entity id', place, { ...sensor, default_entity_id: 'load' }, 'default_entity_id: expected a full'],
    ['no unique_id', place, without(sensor, 'unique_id'), 'unique_id: missing'],
    ['no state topic', place, without(sensor, 'state_topic'), 'state_topic: missing'],
    ['a state topic with a wildcard', place, { ...sensor, state_topic: 'TWC/+/x' }, 'state_topic: expected'],
    ['no name at all', place, without(sensor, 'name', 'device_class'), 'name: neither given'],
    ['a name that repeats the device', place, { ...sensor, name: 'Wall Connector 1A2B load' }, 'name: repeats'],
    ['null in the device', place, { ...sensor, device: { ...sensor.device, model: null } }, 'device: model: expected'],
    ['a device that nothing identifies', place, { ...sensor, device: { name: 'x' } }, 'device: neither identifiers'],
    [
      'a device key of its own',
      place,
      { ...sensor, device: { ...sensor.device, color: 'red' } },
      'device: color: unknown',
    ],
    ['an origin without name', place, { ...sensor, origin: { sw_version: '1' } }, 'origin: name: missing'],
    [
      'an address without scheme',
      place,
      { ...sensor, origin: { name: 'x', support_url: 'a.b' } },
      'origin: support_url',
    ],
    ['the last word of two', place, { ...sensor, availability: [{ topic: 'a' }, { topic: 'b' }] }, 'availability_mode'],
    [
      'availability in both forms',
      place,
      { ...sensor, availability: [], availability_topic: 'a' },
      'availability: not',
    ],
    ['a template that does not close', place, { ...sensor, value_template: '{{ value' }, 'value_template: expected'],
    ['text that is not JSON', place, undefined, 'not a JSON object'],
    ['a bad node id', 'homeassistant/sensor/twc.1a2b/load/config', sensor, 'illegal discovery topic'],
    ['a blank in an id', 'homeassistant/sensor/twc/my load/config', sensor, 'illegal discovery topic'],
    ['another prefix', 'home/sensor/twc/load/config', sensor, 'illegal discovery topic'],
    ['a platform that is none', 'homeassistant/sensors/twc/load/config', sensor, 'unknown platform sensors'],
    ['a bundle without origin', whole, without(bundle, 'origin'), 'origin: missing'],
    ['a bundle with a key of an entity', whole, { ...bundle, name: 'x' }, 'name: unknown key'],
    [
      'a component without unique_id',
      whole,
      withPart({ platform: 'sensor', state_topic: 'a', name: 'b' }),
      'unique_id: missing',
    ],
    ['a component without platform', whole, withPart({ unique_id: 'x' }), 'platform: missing'],
    ['a number whose maximum is below its minimum', numbers, { ...number, min: 32, max: 6 }, 'max: less than min'],
    [
      'a number in a wrong unit',
      numbers,
      { ...number, unit_of_measurement: 'W' },
      'unit_of_measurement: not of current',
    ],
    ['a number that nobody hears', numbers, without(number, 'command_topic'), 'command_topic: missing'],
  ])('%s', (_what, topic, payload, fault) => {
    const found = faults([{ topic, payload: JSON.stringify(payload) ?? '{' }]);
    expect(found).toContainEqual(expect.stringContaining(fault));
  });

  test('a unique_id that comes twice', () => {
    const twice = [place, whole].map((topic) => ({
      topic,
      payload: JSON.stringify(topic === place ? { ...sensor, unique_id: 'x' } : bundle),
    }));
    expect(faults(twice)).toEqual(['unique_id x comes twice']);
  });

  function energy(statistics: string): Json {
    return { ...sensor, device_class: 'energy', unit_of_measurement: 'kWh', state_class: statistics };
  }

  function withPart(part: Json): Json {
    return { ...bundle, components: { load: part } };
  }
});

function without(object: Json, ...keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
