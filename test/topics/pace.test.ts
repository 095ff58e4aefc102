// How often topics are updated: those that are documented strictly once in each window, ours at once where it matters.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bridgeTopics } from '../../src/topics/bridge-topics.ts';
import { chargerTopics } from '../../src/topics/charger-topics.ts';
import type { Row } from '../../src/topics/row.ts';
import { changed, createWorld, type Published, slave, switchable, tesla, type World } from '../world.ts';

const WINDOW = 60_000;

const of = (world: World, name: string): Published[] =>
  world.published.filter(({ topic }) => topic === `TWC/1A2B/${name}`);

function gaps(updates: readonly Published[]): number[] {
  return updates.slice(1).map(({ at }, i) => at - (updates[i]?.at ?? at));
}

function named(rows: Readonly<Record<string, Pick<Row<never>, 'pace' | 'value'>>>, pace: string): string[] {
  return Object.entries(rows).flatMap(([name, row]) => (row.pace === pace ? [name] : []));
}

test('the documented topics are these', () => {
  expect([...named(chargerTopics, 'documented'), ...named(bridgeTopics, 'documented')].sort()).toEqual([
    'all/totalAmpsInUse',
    'ampsInUse',
    'ampsMax',
    'carsCharging',
    'config/maxAmpsForSlaves',
    'config/minAmpsPerTWC',
    'currentVehicleVIN',
    'lastVehicleVIN',
    'lifetimekWh',
    'power',
    'state',
    'voltagePhaseA',
    'voltagePhaseB',
    'voltagePhaseC',
  ]);
});

describe('in random worlds', () => {
  const moment = fc.record({
    lasts: fc.integer({ min: 1, max: 90 }).map((seconds) => seconds * 1_000),
    amps: fc.constantFrom(undefined, 0, 6, 8, 15, 32),
    there: fc.boolean(),
    limit: fc.constantFrom(undefined, '6', '10', '16', '0'),
  });
  const story = fc.array(moment, { minLength: 1, maxLength: 8 });

  test('every documented topic keeps its window, and in the end everything says what is so', () => {
    fc.assert(
      fc.property(story, (moments) => {
        let car: typeof tesla | undefined;
        let there = true;
        const world = createWorld({
          slaves: [switchable(slave('1A2B', { car: () => car }), () => there)],
          ratelimit: WINDOW,
        });
        for (const { lasts, amps, there: isThere, limit } of moments) {
          car = amps === undefined ? undefined : { ...tesla, amps };
          there = isThere;
          if (limit) world.input({ type: 'message', topic: 'TWC/1A2B/set/limit', payload: limit, retained: false });
          world.pass(lasts);
        }
        for (const name of named(chargerTopics, 'documented')) {
          for (const gap of gaps(of(world, name))) expect(gap, name).toBeGreaterThanOrEqual(WINDOW);
        }
        world.pass(2 * WINDOW);
        const newest = new Map<string, string>();
        for (const output of world.outputs) {
          if (output.type !== 'show') continue;
          for (const { name, payload } of output.changes) newest.set(name, payload);
        }
        for (const [name, payload] of newest) {
          const updates = world.published.filter(({ topic }) => topic === `TWC/${name}`);
          // What still changes may wait for its window.
          if (!/lease|Heard|session|bridge|energy/i.test(name)) expect(updates.at(-1)?.payload, name).toBe(payload);
        }
      }),
      { numRuns: 8 },
    );
  });

  test('what ours say of a car is never older than two seconds', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(undefined, 0, 8, 16, 32), { minLength: 1, maxLength: 6 }), (draws) => {
        let car: typeof tesla | undefined;
        const world = createWorld({ slaves: [slave('1A2B', { car: () => car })], ratelimit: WINDOW });
        world.pass(30_000);
        for (const amps of draws) {
          car = amps === undefined ? undefined : { ...tesla, amps };
          world.pass(25_000);
          const shown = world.outputs.flatMap((output) => (output.type === 'show' ? output.changes : []));
          const now = (name: string) => shown.findLast((one) => one.name === `1A2B/${name}`)?.payload;
          for (const name of ['chargeStatus', 'status', 'plug', 'limit', 'vehicle']) {
            expect(world.value(`TWC/1A2B/${name}`), name).toBe(now(name));
          }
          expect(Math.abs(Number(world.value('TWC/1A2B/current')) - Number(now('current')))).toBeLessThan(2);
          expect(Math.abs(Number(world.value('TWC/1A2B/chargerLoadInW')) - Number(now('chargerLoadInW')))).toBeLessThan(
            500,
          );
        }
      }),
      { numRuns: 8 },
    );
  });
});

test('a limit that is set makes no noise: the states that it causes for seconds keep to the window', () => {
  const world = createWorld({ slaves: [slave('1A2B')], ratelimit: WINDOW });
  world.pass(2 * WINDOW);
  const before = world.published.length;
  for (const amps of [15, 14, 13, 12, 11, 10]) {
    world.input({ type: 'message', topic: 'TWC/1A2B/set/limit', payload: String(amps), retained: false });
    world.pass(8_000);
  }
  const said = world.published.slice(before);
  expect(said.filter(({ topic }) => topic === 'TWC/1A2B/status')).toEqual([]);
  expect(said.filter(({ topic }) => topic === 'TWC/1A2B/stateText').length).toBeLessThanOrEqual(1);
  expect(said.filter(({ topic }) => topic === 'TWC/1A2B/chargeStatus')).toEqual([]);
});

describe('a pace at which everything is said again', () => {
  const world = createWorld({
    slaves: [slave('1A2B')],
    refresh: 30_000,
    ratelimit: 0,
    discovery: { mode: 'entity', prefix: 'homeassistant', topicPrefix: 'TWC', version: '0.0.0' },
  });
  world.pass(100_000);
  const before = world.published.length;
  world.pass(90_000);
  const said = world.published.slice(before);

  test('lets no topic be silent for longer', () => {
    for (const name of ['status', 'serialNumber', 'limit', 'plug', 'availability', 'lastVehicleVIN']) {
      expect(
        said.filter(({ topic }) => topic === `TWC/1A2B/${name}`),
        name,
      ).toHaveLength(3);
    }
    expect(said.filter(({ topic }) => topic === 'TWC/status')).toHaveLength(3);
  });

  test('is not for announcements', () => {
    expect(said.filter(({ topic }) => topic.startsWith('homeassistant/'))).toEqual([]);
  });

  test('is off unless it is configured', () => {
    const silent = createWorld({ slaves: [slave('1A2B')], ratelimit: 0 });
    silent.pass(100_000);
    const from = silent.published.length;
    silent.pass(90_000);
    expect(silent.published.slice(from).filter(({ topic }) => topic === 'TWC/1A2B/serialNumber')).toEqual([]);
  });
});

test.each<[number | undefined, string]>([
  [undefined, 'Charging'],
  [9, 'Charging'],
  [77, 'Charging'],
  [2, 'Error'],
])('a car that takes 16 A while its charger shows state %s makes the status %s', (code, status) => {
  const unit = slave('1A2B');
  const world = createWorld({
    slaves: [
      changed(unit, {
        nextMessages: (now) =>
          unit
            .nextMessages(now)
            .map((said) =>
              said.name === 'slaveHeartbeat' && now > 40_000 ? { ...said, state: code ?? said.state } : said,
            ),
      }),
    ],
    ratelimit: WINDOW,
  });
  world.pass(60_000);
  expect(world.value('TWC/1A2B/status')).toBe(status);
});

test('a car that sleeps where the charger tells of it makes the status Connected, and Ready when it leaves', () => {
  const asleep = { ...tesla, mood: 'asleep' } as const;
  const car = (now: number) => (now < 60_000 ? tesla : now < 120_000 ? asleep : undefined);
  const world = createWorld({ slaves: [slave('1A2B', { car })], askPlugState: true, ratelimit: WINDOW });
  const seen = [50_000, 60_000, 60_000].map((time) => {
    world.pass(time);
    return ['status', 'plug', 'chargeStatus'].map((name) => world.value(`TWC/1A2B/${name}`));
  });
  expect(seen).toEqual([
    ['Charging', 'plugged', 'C'],
    ['Connected', 'plugged', 'B'],
    ['Ready', 'unplugged', 'A'],
  ]);
});

test('at the end of the bridge no charger stays available', () => {
  const world = createWorld({ slaves: [slave('1A2B'), slave('3C4D')], ratelimit: WINDOW });
  world.pass(30_000);
  world.input({ type: 'shutdown' });
  world.pass(2_000);
  expect(world.value('TWC/1A2B/availability')).toBe('offline');
  expect(world.value('TWC/3C4D/availability')).toBe('offline');
});

test('the button "Charge now" divides what was set for it', () => {
  const world = createWorld({ slaves: [slave('1A2B')], ratelimit: WINDOW });
  world.pass(20_000);
  const command = (name: string, payload: string) =>
    world.input({ type: 'message', topic: `TWC/control/${name}`, payload, retained: false });
  command('chargeNowAmps', '12');
  command('chargeNowMinutes', '2');
  expect(world.value('TWC/chargeNow/amps')).toBe('12');
  expect(world.value('TWC/chargeNow/minutes')).toBe('2');
  command('chargeNow', 'start');
  expect(world.value('TWC/circuitLimit')).toBe('12');
  expect(world.value('TWC/chargeNow/until')).toBe('2026-11-25T01:02:00+01:00');
  world.pass(121_000);
  expect(world.value('TWC/circuitLimit')).toBe('32');
  expect(world.value('TWC/chargeNow/until')).toBe('');
});

test('a limit of 0 stops nothing but the charge, and what was accepted is told again', () => {
  const world = createWorld({ slaves: [slave('1A2B', { version: 1 })], ratelimit: WINDOW });
  world.pass(30_000);
  const set = (payload: string) =>
    world.input({ type: 'message', topic: 'TWC/1A2B/set/limit', payload, retained: false });
  const told = () => of(world, 'limit').length;
  set('0');
  world.pass(15_000);
  expect(world.value('TWC/1A2B/limit')).toBe('0');
  expect(world.value('TWC/1A2B/chargeStatus')).toBe('B');
  expect(world.value('TWC/1A2B/charging')).toBe('1');
  const before = told();
  set('0');
  expect(told()).toBe(before + 1);
  world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: '1', retained: false });
  world.pass(100);
  expect(world.value('TWC/1A2B/limit')).toBe('32');
  set('0');
  set('10.9');
  world.pass(30_000);
  expect(world.value('TWC/1A2B/limit')).toBe('10');
  expect(world.value('TWC/1A2B/chargeStatus')).toBe('C');
});

test('a unit that cannot be stopped says so while it is switched off and charges on', () => {
  const world = createWorld({ slaves: [slave('1A2B')], ratelimit: WINDOW });
  world.pass(30_000);
  world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: 'false', retained: false });
  world.pass(10_000);
  const findings = () => world.bridge().findings.map(({ text }) => text);
  expect(findings()).toContain('1A2B is switched off, but its car charges on with 6 A');
  expect(world.value('TWC/problem')).toBe('none');
  world.input({ type: 'message', topic: 'TWC/1A2B/set/charging', payload: 'true', retained: false });
  world.pass(10_000);
  expect(findings()).toEqual([]);
});
