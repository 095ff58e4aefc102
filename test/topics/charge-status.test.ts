// Whether a car is there and charges, in letters that evcc and openWB read: known where the charger tells, else guessed.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import { type StateName, states } from '../../src/protocol/states.ts';
import { ChargeStatuses } from '../../src/topics/charge-status.ts';
import { createWorld, id, slave, switchable, tesla } from '../world.ts';

const NOW = 1_000_000;
const met: Charger = {
  ...newCharger(id('1A2B'), NOW - 60_000),
  heardAt: NOW,
  online: true,
  confirmed: true,
  version: 2,
};

function heartbeat(name: StateName, limitAmps: number, actualAmps = 0) {
  return { heartbeat: { state: states[name].code, limitAmps, actualAmps, at: NOW } };
}
const offered = (amps: number, ago = 10_000) => ({
  offer: { amps, at: NOW - ago, sentAt: 0, lowered: undefined, raisedAt: undefined },
});
const charging = { charging: { on: true, since: NOW, below: undefined } } as const;

function letterOf(...chargers: readonly Partial<Charger>[]): string | undefined {
  const statuses = new ChargeStatuses();
  chargers.forEach((charger, i) => {
    statuses.advance([{ ...met, ...charger }], NOW + i * 1_000);
  });
  return statuses.all.get(met.id);
}

test.each<[string, Partial<Charger>, string | undefined]>([
  ['that takes 16 A', { ...heartbeat('charging', 16, 15.2), ...charging }, 'C'],
  ['that takes 16 A while its limit changes', { ...heartbeat('limiting', 16, 15.2), ...charging }, 'C'],
  ['that says there is a car', heartbeat('readyToCharge', 0), 'B'],
  ['whose car was stopped', heartbeat('doNotCharge', 6), 'B'],
  ['that takes a limit, so that a car sleeps there', { ...heartbeat('ready', 6), ...offered(6) }, 'B'],
  ['that takes no limit', { ...heartbeat('ready', 0), ...offered(6) }, 'A'],
  [
    'that was answered to have a car',
    { ...heartbeat('ready', 0), plugged: { answer: { state: 3, at: NOW }, carAt: undefined } },
    'B',
  ],
  [
    'that was answered to have none',
    { ...heartbeat('ready', 6), plugged: { answer: { state: 0, at: NOW }, carAt: undefined } },
    'A',
  ],
  ['that was offered nothing for long', { ...heartbeat('ready', 0), ...offered(0) }, 'A'],
  ['that was only just met', { ...heartbeat('ready', 0), since: NOW }, undefined],
  ['that is in error', heartbeat('error', 0), 'E'],
  ['that is gone', { ...heartbeat('charging', 16, 15.2), online: false }, 'F'],
  ['that is only known from before', { online: false, heardAt: Number.NaN }, 'F'],
  ['whose car was unplugged a second ago', { ...heartbeat('ready', 0), ...offered(16), ...charging }, 'A'],
])('a charger %s', (_, charger, letter) => {
  expect(letterOf(charger)).toBe(letter);
});

describe('a car that was seen', () => {
  const car = heartbeat('readyToCharge', 6);
  const nothing = { ...heartbeat('ready', 0), ...offered(0) };

  test('is remembered while the charger tells nothing, for ten minutes', () => {
    const statuses = new ChargeStatuses();
    statuses.advance([{ ...met, ...car }], NOW);
    for (const [after, letter] of [
      [1_000, 'B'],
      [599_000, 'B'],
      [600_000, 'A'],
    ] as const) {
      statuses.advance([{ ...met, ...nothing }], NOW + after);
      expect(statuses.all.get(met.id)).toBe(letter);
    }
  });

  test('is forgotten at once when a limit is offered and not taken', () => {
    expect(letterOf(car, { ...heartbeat('ready', 0), ...offered(6) })).toBe('A');
  });
});

test('whatever a charger that was met long ago says, there is a letter', () => {
  const anything = fc.record({
    state: fc.constantFrom(...Object.values(states).map(({ code }) => code), 77),
    limitAmps: fc.constantFrom(0, 6, 16),
    actualAmps: fc.constantFrom(0, 0.3, 6, 16),
  });
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 8 }), fc.boolean(), (said, online) => {
      const chargers = said.map((one) => ({ heartbeat: { ...one, at: NOW }, online }));
      expect(letterOf(...chargers)).toMatch(/^[ABCEF]$/);
    }),
  );
});

test('from plug to unplug the bridge tells the letters in order, and none twice', () => {
  let car: typeof tesla | undefined;
  let there = true;
  const world = createWorld({
    slaves: [switchable(slave('1A2B', { car: () => car }), () => there)],
    ratelimit: 60_000,
  });
  const steps: (() => void)[] = [
    () => (car = { ...tesla, amps: 0 }),
    () => (car = tesla),
    () => (car = { ...tesla, amps: 0 }),
    () => (car = undefined),
    () => (there = false),
    () => (there = true),
  ];
  world.pass(40_000);
  for (const step of steps) {
    step();
    world.pass(60_000);
  }
  const letters = world.published
    .filter(({ topic }) => topic === 'TWC/1A2B/chargeStatus')
    .map(({ payload }) => payload);
  expect(letters.join('')).toBe('ABCBAFA');
});

test('a charger that comes back without the car that was there is never said to have one', () => {
  let car: typeof tesla | undefined = { ...tesla, amps: 0 };
  let there = true;
  const world = createWorld({ slaves: [switchable(slave('1A2B', { car: () => car }), () => there)] });
  world.pass(40_000);
  there = false;
  world.pass(60_000);
  car = undefined;
  there = true;
  world.pass(60_000);
  const letters = world.published.filter(({ topic }) => topic === 'TWC/1A2B/chargeStatus');
  expect(letters.map(({ payload }) => payload).join('')).toBe('BFA');
});
