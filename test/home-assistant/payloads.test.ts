// What Home Assistant is told, held against its own rules.

import { describe, expect, test } from 'vitest';
import type { Charger } from '../../src/charger/charger.ts';
import { fromSaved } from '../../src/charger/saved.ts';
import type { DiscoveryMode, DiscoverySettings } from '../../src/home-assistant/devices.ts';
import { type Announcement, announcedAt, announcements } from '../../src/home-assistant/payloads.ts';
import { id, limits, matches } from '../world.ts';
import { type ExpectedEntity, ofBridge, ofCharger, onePhase, stoppable, threePhases } from './entities.ts';
import { faults } from './validator.ts';

type Json = Record<string, unknown>;

const fleet: readonly Charger[] = [
  {
    ...fromSaved({ id: id('1A2B'), version: 2, serialNumber: 'A17I0001A2B', firmware: '4.5.3.2' }, 0),
    meter: { volts: [230, 231, 229], phaseAmps: [0, 0, 0], at: 0 },
  },
  {
    ...fromSaved({ id: id('3C4D'), version: 2, firmware: '4.5.3.2' }, 0),
    meter: { volts: [238, 0, 0], phaseAmps: [0, 0, 0], at: 0 },
  },
  fromSaved({ id: id('5E6F'), version: 1, ratedAmps: 32 }, 0),
];
const ofEach: readonly (readonly ExpectedEntity[])[] = [threePhases, onePhase, [...ofCharger, stoppable]];

function settings(mode: DiscoveryMode, more: Partial<DiscoverySettings> = {}): DiscoverySettings {
  const known = { chargerSettings: new Map(), inControl: true, relay: false };
  return { mode, prefix: 'homeassistant', topicPrefix: 'TWC', version: '1.2.3', limits, ...known, ...more };
}

const modes = ['entity', 'device'] as const;
const prefixes = ['TWC', 'TWC2', 'Haus/Wand-Lader', 'garage.links', 'Ladestation Süd'.replaceAll(' ', '')];

describe.each(modes)('in mode %s', (mode) => {
  test.each(prefixes)('Home Assistant accepts every payload of %s', (topicPrefix) => {
    const told = announcements(fleet, settings(mode, { topicPrefix }));
    expect(told.length).toBeGreaterThan(fleet.length);
    expect(faults(told)).toEqual([]);
  });

  test('the prefix that Home Assistant listens to can be another', () => {
    const told = announcements(fleet, settings(mode, { prefix: 'my/ha' }));
    expect(faults(told, 'my/ha')).toEqual([]);
  });

  test('the bridge comes first, so that chargers find what they are connected via', () => {
    const devices = announcements(fleet, settings(mode)).map(deviceOf);
    expect(devices[0]).toMatchObject({ identifiers: ['twc'], name: 'TWC bridge', sw_version: '1.2.3' });
    expect([...new Set(devices.flatMap((device) => device.identifiers))]).toEqual([
      'twc',
      'twc_1a2b',
      'twc_3c4d',
      'twc_5e6f',
    ]);
  });

  test('a charger is described with its serial number and firmware, or without', () => {
    const devices = announcements(fleet, settings(mode)).map(deviceOf);
    const of = (uid: string) => devices.find(({ identifiers }) => String(identifiers) === uid);
    const wallConnector = { manufacturer: 'Tesla', model: 'Wall Connector (Gen 2)', via_device: 'twc' };
    expect(of('twc_1a2b')).toEqual({
      ...wallConnector,
      identifiers: ['twc_1a2b'],
      name: 'Wall Connector 1A2B',
      serial_number: 'A17I0001A2B',
      sw_version: '4.5.3.2',
    });
    expect(of('twc_5e6f')).toEqual({ ...wallConnector, identifiers: ['twc_5e6f'], name: 'Wall Connector 5E6F' });
  });

  test('the same chargers are the same bytes, with sorted keys', () => {
    const told = announcements(fleet, settings(mode));
    const again = announcements(fleet.map(reversed), settings(mode));
    expect(again).toEqual(told);
    for (const { payload } of told) expect(payload).toBe(JSON.stringify(sorted(JSON.parse(payload))));
  });

  test('every announcement lies where the bridge listens for its deletion', () => {
    const listened = [undefined, ...fleet.map((charger) => charger.id)].flatMap((one) =>
      announcedAt(one, settings(mode)),
    );
    for (const { topic } of announcements(fleet, settings(mode))) {
      expect(listened.filter((pattern) => matches(pattern, topic))).toHaveLength(1);
    }
  });

  test('two bridges of one broker share nothing', () => {
    const both = ['TWC', 'TWC2'].flatMap((topicPrefix) => announcements(fleet, settings(mode, { topicPrefix })));
    expect(faults(both)).toEqual([]);
    expect(new Set(both.map(({ topic }) => topic)).size).toBe(both.length);
    expect(new Set(both.map(deviceOf).flatMap(({ identifiers }) => identifiers)).size).toBe(8);
  });
});

test('switched off, nothing is announced', () => {
  expect(announcements(fleet, settings('off'))).toEqual([]);
});

test('both modes describe the same entities', () => {
  const told = modes.map((mode) => entitiesOf(announcements(fleet, settings(mode))));
  expect(told[1]).toEqual(told[0]);
});

test('the entities are those that people have', () => {
  const all = entitiesOf(announcements(fleet, settings('entity')));
  const expected = [
    ...ofBridge.map((entity) => described(entity, 'twc')),
    ...fleet.flatMap(({ id }, i) => (ofEach[i] ?? []).map((entity) => described(entity, `twc_${id.toLowerCase()}`))),
  ];
  expect([...all.values()].map(shown).sort(byId)).toEqual(expected.sort(byId));
});

test('a charger is there when the bridge and the charger are, and the connectivity of the bridge always', () => {
  const all = entitiesOf(announcements(fleet, settings('entity')));
  expect(all.get('twc_1a2b_status')).toMatchObject({
    availability: [{ topic: 'TWC/status' }, { topic: 'TWC/1A2B/availability' }],
    availability_mode: 'all',
  });
  expect(all.get('twc_problem')).toMatchObject({ availability: [{ topic: 'TWC/status' }] });
  expect(all.get('twc_connectivity')).toMatchObject({ availability: [] });
});

test('what can be ordered is there only while orders are possible', () => {
  const all = [...entitiesOf(announcements(fleet, settings('entity'))).values()];
  const ordered = all.filter((entity) => 'command_topic' in entity);
  expect(ordered.map(({ unique_id }) => unique_id)).toEqual(
    expect.arrayContaining(['twc_circuit_limit', 'twc_1a2b_current_limit', 'twc_1a2b_full_current']),
  );
  for (const { availability } of ordered) expect(availability).toContainEqual({ topic: 'TWC/control/availability' });
});

test('what cannot be commanded, or cannot be another than it is, is no control', () => {
  const controls = (more: Partial<DiscoverySettings>) =>
    [...entitiesOf(announcements(fleet, settings('entity', more))).values()]
      .filter((entity) => 'command_topic' in entity)
      .map(({ unique_id }) => unique_id);
  expect(controls({ inControl: false })).toEqual([]);
  const narrow = { maxAmpsForSlaves: 6, maxAmpsPerTWC: 6, minAmpsPerTWC: 6 };
  // The circuit may be taken down to nothing, whatever else is fixed.
  expect(controls({ limits: narrow }).filter((id) => /limit|current$/.test(String(id)))).toEqual([
    'twc_circuit_limit',
    'twc_1a2b_full_current',
    'twc_3c4d_full_current',
  ]);
  const fixed = entitiesOf(announcements(fleet, settings('entity', { limits: narrow })));
  expect(fixed.get('twc_1a2b_fixed_current_limit')).toMatchObject({
    platform: 'sensor',
    state_topic: 'TWC/1A2B/limit',
  });
  expect(fixed.get('twc_fixed_charge_now_current')).toMatchObject({
    name: 'Fixed charge now current',
    entity_category: 'diagnostic',
  });
});

test('a switch says what it does: with the relay it stops the car, without it only lowers the current', () => {
  const switches = (relay: boolean) =>
    [...entitiesOf(announcements(fleet, settings('entity', { relay }))).values()]
      .filter(({ platform }) => platform === 'switch')
      .map(({ unique_id }) => unique_id);
  expect(switches(false)).toEqual(['twc_1a2b_full_current', 'twc_3c4d_full_current', 'twc_5e6f_charge']);
  expect(switches(true)).toEqual(['twc_1a2b_charge', 'twc_3c4d_charge', 'twc_5e6f_charge']);
});

describe('what is not known yet of a charger', () => {
  const unheard = fromSaved({ id: id('1A2B') }, 0);
  const voltage = 'homeassistant/sensor/twc_1a2b/voltage_phase_a/config';
  const topics = (announced: readonly string[]) =>
    announcements([unheard], settings('entity'), new Set(announced)).map(({ topic }) => topic);

  test('is not announced, but stays where it was before', () => {
    expect(topics([])).not.toContain(voltage);
    expect(topics([voltage])).toContain(voltage);
  });

  test('is left out of a bundle, and what is known not to be there is taken out of it', () => {
    const components = ([charger]: Charger[]) =>
      JSON.parse(announcements(charger ? [charger] : [], settings('device'))[1]?.payload ?? '').components;
    expect(components([unheard])).not.toHaveProperty('voltage_phase_b');
    expect(components([unheard])).not.toHaveProperty('charge');
    expect(components(fleet.slice(1, 2))).toMatchObject({
      voltage_phase_b: { platform: 'sensor' },
      charge: { platform: 'switch' },
    });
  });
});

test('a device has the name that its owner gave it, and the bridge leads to the page', () => {
  const chargerSettings = new Map([[id('1A2B'), { name: 'Garage left' }]]);
  const told = announcements(fleet, settings('entity', { chargerSettings, pageUrl: 'http://192.168.1.5:8099/' }));
  const devices = told.map(deviceOf);
  expect(devices.map(({ name }) => name)).toContain('Garage left');
  expect(devices.map(({ name }) => name)).not.toContain('Wall Connector 1A2B');
  expect(devices[0]).toMatchObject({ configuration_url: 'http://192.168.1.5:8099/' });
  expect(faults(told)).toEqual([]);
});

function deviceOf({ payload }: Announcement): Json {
  return JSON.parse(payload).device;
}

/** Every entity as Home Assistant sees it in the end, whatever the form, by its unique id. */
function entitiesOf(told: readonly Announcement[]): Map<unknown, Json> {
  const all = told.flatMap(({ topic, payload }): Json[] => {
    const { components, ...own } = JSON.parse(payload) as Json & { components?: Record<string, Json> };
    const platform = topic.split('/')[1];
    if (!components) return [{ availability: [], ...own, platform }];
    const there = Object.values(components).filter((part) => 'unique_id' in part);
    return there.map((part) => ({ ...own, ...part }));
  });
  return new Map(all.map((entity) => [entity.unique_id, entity]));
}

/** Named by their class, where Home Assistant names them. */
const classNames: Readonly<Record<string, string>> = {
  battery_charging: 'Charging',
  connectivity: 'Connectivity',
  energy: 'Energy',
  current: 'Current',
  plug: 'Plug',
  power: 'Power',
  problem: 'Problem',
};

function described({ component, ...entity }: ExpectedEntity, uid: string): Json {
  const key = entity.name.toLowerCase().replaceAll(' ', '_');
  return { ...entity, id: `${uid}_${key}`, entityId: `${component}.${uid}_${key}` };
}

function shown(entity: Json): Json {
  const all = {
    id: entity.unique_id,
    entityId: entity.default_entity_id,
    name: entity.name ?? classNames[String(entity.device_class)],
    deviceClass: entity.device_class,
    stateClass: entity.state_class,
    unit: entity.unit_of_measurement,
    category: entity.entity_category,
    disabled: entity.enabled_by_default === false ? true : undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function byId(a: Json, b: Json): number {
  return String(a.id).localeCompare(String(b.id));
}

/** The same charger, made in another order. */
function reversed(charger: Charger): Charger {
  // The same entries, so the same charger.
  return Object.fromEntries(Object.entries(charger).reverse()) as unknown as Charger;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
