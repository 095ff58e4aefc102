// When Home Assistant is told what, by a bridge in simulated time and a broker that keeps what is retained.

import { describe, expect, test } from 'vitest';
import { fromSaved } from '../../src/charger/saved.ts';
import type { DiscoveryMode } from '../../src/home-assistant/devices.ts';
import { type Announcement, announcements } from '../../src/home-assistant/payloads.ts';
import {
  createWorld,
  id,
  limits,
  type Published,
  slave,
  switchable,
  type World,
  type WorldSettings,
} from '../world.ts';

const discovery = { mode: 'entity', prefix: 'homeassistant', topicPrefix: 'TWC', version: '0.0.0' } as const;
const identity = { serialNumber: 'A18K0001A2B', firmware: '4.5.3.2' };
const known = { id: id('1A2B'), version: 2, ratedAmps: 32, ...identity } as const;
/** As the simulated charger is once its meter has answered. */
const metered = { ...fromSaved(known, 0), meter: { volts: [230, 230, 230], phaseAmps: [0, 0, 0], at: 0 } } as const;
const status = 'homeassistant/sensor/twc_1a2b/status/config';
const bundle = 'homeassistant/device/twc_1a2b_all/config';
const marker = '{"migrate_discovery":true}';
const later = 20_000;

function world(mode: DiscoveryMode, more: WorldSettings = {}): World {
  return createWorld({ slaves: [slave('1A2B')], discovery: { ...discovery, mode }, ...more });
}

/** All that was said of a discovery topic, or of all of them. */
function told({ published }: World, topic = ''): Published[] {
  return published.filter((one) => one.topic.startsWith(topic || 'homeassistant/'));
}

/** What the broker holds under the discovery prefix. */
function held(world: World): Record<string, string> {
  const newest = new Map(told(world).map(({ topic, payload }) => [topic, payload]));
  return Object.fromEntries([...newest].filter(([, payload]) => payload !== ''));
}

/** What a bridge of this mode announces that knows the charger. */
function announced(mode: DiscoveryMode): readonly Announcement[] {
  return announcements([metered], {
    ...discovery,
    mode,
    limits,
    chargerSettings: new Map(),
    inControl: true,
    relay: false,
  });
}

function topicsOf(mode: DiscoveryMode): string[] {
  return announced(mode).map(({ topic }) => topic);
}

function hear(world: World, topic: string, payload: string, retained = false): void {
  world.input({ type: 'message', topic, payload, retained });
}

function reconnect(world: World): void {
  world.input({ type: 'broker', up: false });
  world.pass(2_000);
  world.input({ type: 'broker', up: true });
  world.pass(later);
}

describe('announcing', () => {
  test('the bridge is there at once, and a charger as soon as it is heard', () => {
    const one = world('entity');
    one.pass(300);
    expect(told(one).map(({ topic }) => topic)).toContain('homeassistant/binary_sensor/twc/connectivity/config');
    expect(told(one, status)).toEqual([]);
    one.pass(3_000);
    expect(told(one, status)).toHaveLength(1);
  });

  test('nothing is announced before what the broker keeps has come, which is before our own status comes back', () => {
    const one = world('entity', { slaves: [], savedChargers: [known], keeps: () => false });
    one.pass(30);
    expect(one.value('TWC/status')).toBe('online');
    hear(one, 'TWC/status', 'offline');
    hear(one, 'TWC/status', 'online', true);
    one.pass(60);
    expect(told(one)).toEqual([]);
    hear(one, 'TWC/status', 'online');
    one.pass(60);
    const first = told(one).length;
    expect(first).toBeGreaterThan(0);
    hear(one, 'TWC/status', 'online');
    one.pass(1_000);
    expect(told(one)).toHaveLength(first);
  });

  test.each(['entity', 'device'] as const)(
    'in mode %s serial number and firmware lead to one more announcement, not within 5 s of the first',
    (mode) => {
      const one = world(mode);
      one.pass(300_000);
      const said = told(one, mode === 'entity' ? status : bundle);
      expect(said).toHaveLength(2);
      expect((said[1]?.at ?? 0) - (said[0]?.at ?? 0)).toBeGreaterThanOrEqual(5_000);
      expect(JSON.parse(said[0]?.payload ?? '').device).not.toHaveProperty('serial_number');
      expect(JSON.parse(said[1]?.payload ?? '').device).toMatchObject({
        serial_number: identity.serialNumber,
        sw_version: identity.firmware,
      });
    },
  );

  test('what comes out in the end is what the charger is', () => {
    for (const mode of ['entity', 'device'] as const) {
      const one = world(mode);
      one.pass(later);
      expect(held(one)).toEqual(Object.fromEntries(announced(mode).map(({ topic, payload }) => [topic, payload])));
    }
  });

  test('a charger known from before is announced before it is heard, and only once', () => {
    const one = world('entity', { slaves: [], savedChargers: [known] });
    one.pass(later);
    expect(told(one, status)).toHaveLength(1);
  });

  test('an announcement comes before the values, and availability after them', () => {
    const one = world('entity', { savedChargers: [known] });
    one.pass(later);
    reconnect(one);
    const replayed = one.published.slice(one.published.findLastIndex(({ topic }) => topic === status));
    const order = [status, 'TWC/1A2B/stateText', 'TWC/1A2B/availability', 'TWC/status'].map((topic) =>
      replayed.findIndex((one) => one.topic === topic),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test('every connection to the broker gets everything once', () => {
    const one = world('entity');
    one.pass(later);
    const before = one.published.length;
    reconnect(one);
    const said = one.published.slice(before).filter(({ topic }) => topic.startsWith('homeassistant/'));
    expect(said.map(({ topic }) => topic).sort()).toEqual(topicsOf('entity').sort());
  });

  test('a silent charger stays announced', () => {
    let there = true;
    const one = world('entity', { slaves: [switchable(slave('1A2B'), () => there)] });
    one.pass(later);
    there = false;
    one.pass(3_600_000);
    expect(held(one)).toHaveProperty([status]);
    expect(one.value('TWC/1A2B/availability')).toBe('offline');
  });
});

describe('when Home Assistant comes', () => {
  test.each([0, 0.5, 1])('everything is said once more within 3 s (chance %s)', (chance) => {
    const one = world('entity', { random: () => chance, ratelimit: 60_000 });
    one.pass(2 * later);
    const before = one.published.length;
    const at = one.now();
    hear(one, 'homeassistant/status', 'online');
    one.pass(3_000);
    const said = one.published.slice(before);
    const all = [...new Set(one.published.map(({ topic }) => topic))];
    for (const topic of all) expect(said.filter((one) => one.topic === topic).length, topic).toBe(1);
    expect(Math.max(...said.map((one) => one.at))).toBeLessThanOrEqual(at + 3_000);
  });

  test.each([
    ['goes', 'offline', false],
    ['came long ago', 'online', true],
  ])('nothing is said again when it %s', (_what, payload, retained) => {
    const one = world('entity', { ratelimit: 60_000 });
    one.pass(later);
    const before = told(one).length;
    hear(one, 'homeassistant/status', payload, retained);
    one.pass(10_000);
    expect(told(one).length).toBe(before);
  });

  test('it is heard at the prefix that is configured', () => {
    const one = world('entity', { discovery: { ...discovery, prefix: 'ha' } });
    const subscribed = one.outputs.flatMap((output) => (output.type === 'subscribe' ? [output.topic] : []));
    expect(subscribed).toContain('ha/status');
    expect(subscribed.filter((topic) => !/^(ha|TWC)\//.test(topic))).toEqual([]);
  });
});

describe('what an earlier run announced', () => {
  test('migrates to the end though Home Assistant is born in the middle and the broker is slow', () => {
    const before = topicsOf('entity');
    const one = world('device', { savedChargers: [known], announced: before, acknowledgesAfter: 500, random: () => 0 });
    one.pass(5_300);
    one.input({ type: 'message', topic: 'homeassistant/status', payload: 'online', retained: false });
    one.pass(60_000);
    const newest = new Map(told(one).map(({ topic, payload }) => [topic, payload]));
    expect(before.filter((topic) => newest.get(topic) !== '')).toEqual([]);
    expect(Object.keys(held(one))).toContain(bundle);
  });

  test('migrates too when nobody remembers it and the broker tells of it', () => {
    const one = world('device', { savedChargers: [known] });
    for (const { topic, payload } of announced('entity')) {
      one.input({ type: 'message', topic, payload, retained: true });
    }
    one.pass(later);
    const first = one.published.findIndex(({ topic }) => topic === bundle);
    const marked = one.published.slice(0, first).filter(({ payload }) => payload === marker);
    expect(marked.map(({ topic }) => topic).sort()).toEqual(topicsOf('entity').sort());
    expect(Object.values(held(one))).not.toContain(marker);
  });

  test('and is not wanted any more is cleared', () => {
    const gone = 'homeassistant/sensor/twc_1a2b/moon_phase/config';
    const one = world('entity', { savedChargers: [known], announced: [...topicsOf('entity'), gone] });
    one.pass(later);
    expect(told(one, gone).map(({ payload }) => payload)).toEqual(['']);
    expect(held(one)).toHaveProperty([status]);
    expect(one.outputs.findLast((output) => output.type === 'save')).toMatchObject({
      announced: topicsOf('entity').sort(),
    });
  });

  test('and nobody remembers is found on the broker, and cleared', () => {
    const gone = 'homeassistant/sensor/twc_1a2b/moon_phase/config';
    const one = world('entity', { savedChargers: [known] });
    one.pass(later);
    hear(one, gone, announced('entity')[0]?.payload ?? '', true);
    one.pass(later);
    expect(told(one, gone).map(({ payload }) => payload)).toEqual(['']);
  });

  test('of others is never touched', () => {
    const theirs = 'homeassistant/sensor/twc_1a2b/temperature/config';
    const one = world('entity', { savedChargers: [known] });
    one.pass(later);
    hear(one, theirs, '{"name":"Temperature","origin":{"name":"somebody else"},"state_topic":"a"}', true);
    one.pass(later);
    expect(told(one, theirs)).toEqual([]);
  });

  test.each(['entity', 'device'] as const)('in mode %s is cleared when discovery is switched off', (mode) => {
    const one = world('off', { savedChargers: [known], announced: topicsOf(mode) });
    one.pass(later);
    expect(told(one).map(({ topic, payload }) => [topic, payload])).toEqual(topicsOf(mode).map((topic) => [topic, '']));
    expect(one.outputs.findLast((output) => output.type === 'save')).toMatchObject({ announced: [] });
    reconnect(one);
    expect(told(one)).toHaveLength(topicsOf(mode).length);
  });

  test('is not cleared while discovery has nothing to clear: Home Assistant would warn', () => {
    const one = world('off', { savedChargers: [known] });
    one.pass(later);
    expect(told(one)).toEqual([]);
  });

  test.each([
    ['entity', 'device'],
    ['device', 'entity'],
  ] as const)('migrates from %s to %s: marker, new form, and 5 s later the old one is emptied', (from, to) => {
    const one = world(to, { savedChargers: [known], announced: topicsOf(from) });
    one.pass(later);
    const old = topicsOf(from);
    const step = (topic: string, payload: string) =>
      one.published.findIndex((one) => one.topic === topic && one.payload === payload);
    const markers = old.map((topic) => step(topic, marker));
    const fresh = announced(to).map(({ topic, payload }) => step(topic, payload));
    const emptied = old.map((topic) => step(topic, ''));
    expect([...markers, ...fresh, ...emptied]).not.toContain(-1);
    expect(Math.max(...markers)).toBeLessThan(Math.min(...fresh));
    expect(Math.max(...fresh)).toBeLessThan(Math.min(...emptied));
    const timeOf = (step: number) => one.published[step]?.at ?? 0;
    expect(timeOf(Math.min(...emptied)) - timeOf(Math.max(...fresh))).toBeGreaterThanOrEqual(5_000);
    expect(Object.keys(held(one)).sort()).toEqual(topicsOf(to).sort());
  });

  test('migrates when the broker comes later, too', () => {
    const one = world('device', { savedChargers: [known], announced: topicsOf('entity'), broker: false });
    one.pass(60_000);
    one.input({ type: 'broker', up: true });
    one.pass(later);
    expect(Object.keys(held(one)).sort()).toEqual(topicsOf('device').sort());
    expect(told(one, status).map(({ payload }) => payload)).toEqual([marker, '']);
  });
});

describe('a device that somebody deletes in Home Assistant', () => {
  test.each(['entity', 'device'] as const)('in mode %s stays away until the bridge restarts', (mode) => {
    const one = world(mode, { savedChargers: [known] });
    one.pass(later);
    const deleted = topicsOf(mode).filter((topic) => topic.includes('1a2b'));
    // It empties the topics twice.
    for (const topic of [...deleted, ...deleted]) hear(one, topic, '');
    const before = told(one).length;
    const others = topicsOf(mode).filter((topic) => !deleted.includes(topic));
    one.pass(60_000);
    expect(told(one)).toHaveLength(before);
    reconnect(one);
    hear(one, 'homeassistant/status', 'online');
    one.pass(later);
    expect(
      [
        ...new Set(
          told(one)
            .slice(before)
            .map(({ topic }) => topic),
        ),
      ].sort(),
    ).toEqual(others.sort());
    expect(one.logs.filter((line) => line.includes('deleted in Home Assistant'))).toHaveLength(deleted.length);

    const saved = one.outputs.findLast((output) => output.type === 'save');
    const next = world(mode, { savedChargers: [known], announced: saved?.announced ?? [] });
    next.pass(later);
    expect(Object.keys(held(next)).sort()).toEqual(topicsOf(mode).sort());
  });

  test('goes on sending values to those who want them', () => {
    const one = world('device', { savedChargers: [known] });
    one.pass(later);
    hear(one, bundle, '');
    const before = one.published.length;
    reconnect(one);
    expect(one.published.slice(before).map(({ topic }) => topic)).toContain('TWC/1A2B/ampsInUse');
  });

  /** A charger with a limit of its own that was switched off this long ago and is deleted. */
  function deletedAfter(mode: DiscoveryMode, silence: number): { one: World; switchOn: () => void } {
    let there = true;
    const one = world(mode, { slaves: [switchable(slave('1A2B'), () => there)] });
    one.pass(later);
    hear(one, 'TWC/1A2B/set/limit', '10');
    there = false;
    one.pass(silence);
    const deleted = Object.keys(held(one)).filter((topic) => topic.includes('1a2b'));
    for (const topic of [...deleted, ...deleted]) hear(one, topic, '');
    one.pass(later);
    const switchOn = () => {
      there = true;
    };
    return { one, switchOn };
  }

  /** The topics with values that the broker holds. */
  function valuesOf1A2B({ published }: World): string[] {
    const newest = new Map(published.map(({ topic, payload }) => [topic, payload]));
    return [...newest].flatMap(([topic, payload]) => (topic.startsWith('TWC/1A2B/') && payload !== '' ? [topic] : []));
  }

  const forgotten = 'info 1A2B: deleted in Home Assistant while it is not heard, and forgotten until it is';

  test.each(['entity', 'device'] as const)('in mode %s is forgotten if it is not heard', (mode) => {
    const { one, switchOn } = deletedAfter(mode, 80_000);
    expect(one.logs.filter((line) => line === forgotten)).toHaveLength(1);
    expect(valuesOf1A2B(one)).toEqual([]);
    const shown = one.outputs.flatMap((output) => (output.type === 'show' ? output.changes : []));
    expect(shown.findLast(({ name }) => name === '1A2B/availability')?.payload).toBe('');
    const saved = one.outputs.findLast((output) => output.type === 'save');
    expect(saved).toMatchObject({ chargers: [], setPoints: { chargers: {} } });
    const before = one.published.length;
    reconnect(one);
    expect(one.published.slice(before).filter(({ topic }) => /1A2B/i.test(topic))).toEqual([]);
    one.restart();
    one.pass(later);
    expect(valuesOf1A2B(one)).toEqual([]);
    switchOn();
    one.pass(later);
    expect(Object.keys(held(one)).sort()).toEqual(topicsOf(mode).sort());
    expect(['limit', 'availability'].map((name) => one.value(`TWC/1A2B/${name}`))).toEqual(['32', 'online']);
  });

  test('is a newcomer when it is heard again, without a restart', () => {
    const { one, switchOn } = deletedAfter('device', 80_000);
    switchOn();
    one.pass(later);
    expect(Object.keys(held(one)).sort()).toEqual(topicsOf('device').sort());
    expect(one.value('TWC/1A2B/availability')).toBe('online');
  });

  test.each([0, 20_000, 38_000])(
    'is not forgotten as long as it may take amps: %i ms after its last word',
    (silence) => {
      const { one } = deletedAfter('device', silence);
      expect(one.logs).not.toContain(forgotten);
      expect(valuesOf1A2B(one)).toContain('TWC/1A2B/availability');
    },
  );

  test('our own emptying of a topic is nobody’s deletion', () => {
    const one = world('device', { savedChargers: [known], announced: topicsOf('entity') });
    one.pass(later);
    for (const { topic, payload } of told(one)) hear(one, topic, payload);
    one.pass(later);
    expect(one.logs.filter((line) => line.includes('deleted'))).toEqual([]);
    expect(Object.keys(held(one)).sort()).toEqual(topicsOf('device').sort());
  });
});
