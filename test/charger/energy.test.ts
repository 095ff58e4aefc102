// The energy of a charger: its counter's unit is nowhere said, wrong values pass the checksum now and then, and what is
// published as a total never goes back.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Energy, type EnergyUnit, noEnergy, withCounter, withPower } from '../../src/charger/energy.ts';
import {
  deliveredKWh,
  energyKWh,
  fromSavedEnergy,
  lifetimeKWh,
  toSavedEnergy,
  withSnapshot,
} from '../../src/charger/energy-snapshot.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function read(energy: Energy, counter: number, now: number, setting: EnergyUnit = 'auto'): Energy {
  return withSnapshot(withCounter(energy, counter, now, setting), true, now);
}

/** What is shown after each of these counters, a minute apart. */
function shown(counters: readonly number[], setting: EnergyUnit = 'auto'): (number | undefined)[] {
  let energy: Energy = noEnergy;
  return counters.map((counter, i) => {
    energy = read(energy, counter, i * MINUTE, setting);
    return lifetimeKWh(energy);
  });
}

/** A charger that delivers this power for so long, whose counter is read every five seconds. */
function charging(start: Energy, kW: number, from: number, milliseconds: number, counter: (kWh: number) => number) {
  let energy = withPower(start, 0, from);
  for (let at = from + SECOND; at <= from + milliseconds; at += SECOND) {
    energy = withPower(energy, kW * 1_000, at);
    if (at % (5 * SECOND) === 0) energy = withCounter(energy, counter((kW * (at - from)) / HOUR), at, 'auto');
    energy = withSnapshot(energy, false, at);
  }
  return energy;
}

describe('captured counters', () => {
  test.each<[string, number[], EnergyUnit, (number | undefined)[]]>([
    ['924 is kWh', [924, 924], 'auto', [undefined, 924]],
    ['10690796 can only be Wh', [10_690_796, 10_690_796], 'auto', [undefined, 10_690]],
    ['8732946 can only be Wh', [8_732_946, 8_732_996], 'auto', [undefined, 8_732]],
    ['924 is Wh if the owner says so', [924, 924], 'Wh', [undefined, 0]],
    ['250000 is kWh if the owner says so', [250_000, 250_000], 'kWh', [undefined, 250_000]],
  ])('%s', (_, counters, setting, values) => {
    expect(shown(counters, setting)).toEqual(values);
  });
});

describe('a counter from a disturbed bus', () => {
  test.each<[string, number[], (number | undefined)[]]>([
    ['is dropped', [924, 924, 0x4000b4, 924, 925], [undefined, 924, 924, 924, 925]],
    ['is dropped twice in a row', [924, 924, 0x4000b4, 0x4000b4, 925], [undefined, 924, 924, 924, 925]],
    ['is dropped when it comes first', [0x4000b4, 924, 924], [undefined, undefined, 924]],
    ['is dropped when it is too small', [924, 924, 0, 180, 925], [undefined, 924, 924, 924, 925]],
    ['is dropped among Wh', [10_690_796, 10_690_800, 14_885_100, 10_690_900], [undefined, 10_690, 10_690, 10_690]],
  ])('%s', (_, counters, values) => {
    expect(shown(counters)).toEqual(values);
  });
});

describe('another counter is believed after five readings that agree, and what was published continues', () => {
  const again = (counter: number) => new Array<number>(5).fill(counter);

  test.each<[string, number[], number]>([
    ['it goes back', [166, 166, ...again(20), 21], 167],
    ['it starts at 0', [166, 166, ...again(0), 1], 167],
    ['it jumps', [166, 166, ...again(9_007)], 166],
    ['the unit is replaced', [166, 166, ...again(8_841), 8_842], 167],
    ['it is Wh from now on', [924, 924, ...again(924_310)], 924],
    ['it is kWh from now on', [924_310, 924_310, ...again(924)], 924],
  ])('%s', (_, counters, last) => {
    const values = shown(counters).flatMap((value) => value ?? []);
    expect(values.at(-1)).toBe(last);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  test('and the change is remembered', () => {
    let energy = noEnergy;
    for (const [i, counter] of [166, 166, ...again(20)].entries()) energy = read(energy, counter, i * MINUTE);
    expect(energy.replaced).toEqual({ from: 166, to: 20, at: 6 * MINUTE });
  });
});

test('a young charger that counts Wh is taken for kWh until it charges, and its total does not move because of it', () => {
  expect(shown([50_000, 50_000])).toEqual([undefined, 50_000]);
  const believed = read(read(noEnergy, 50_000, 0), 50_000, SECOND);
  const energy = charging(believed, 11, MINUTE, 10 * MINUTE, (kWh) => 50_000 + Math.floor(kWh * 1_000));
  expect(energy.believed?.unit).toBe('Wh');
  expect((energyKWh(energy) ?? 0) - 50_000).toBeGreaterThan(1.75);
  expect((energyKWh(energy) ?? 0) - 50_000).toBeLessThan(1.9);
});

test('after days without a word a counter may have moved by what a charger can deliver', () => {
  const before = read(read(noEnergy, 924, 0), 924, SECOND);
  const twoDays = 48 * HOUR;
  expect(lifetimeKWh(read(before, 924 + 900, twoDays))).toBe(1_824);
  expect(lifetimeKWh(read(before, 924 + 2_000, twoDays))).toBe(924);
});

describe('between the steps of a counter of whole kWh the energy is continued by power', () => {
  const start = read(read(noEnergy, 924, 0), 924, SECOND);

  test('and is right at each step', () => {
    const energy = charging(start, 10, MINUTE, 39 * MINUTE, (kWh) => 924 + Math.floor(kWh));
    expect(energyKWh(energy)).toBeCloseTo(924 + 6.5, 1);
    expect(lifetimeKWh(energy)).toBe(930);
  });

  test('a meter of the power that is 5 % wrong does not add up', () => {
    const tooMuch = charging(start, 10.5, MINUTE, HOUR, (kWh) => 924 + Math.floor(kWh / 1.05));
    expect(Math.abs((energyKWh(tooMuch) ?? 0) - 934)).toBeLessThan(0.15);
    const tooLittle = charging(start, 9.5, MINUTE, HOUR, (kWh) => 924 + Math.floor(kWh / 0.95));
    expect(Math.abs((energyKWh(tooLittle) ?? 0) - 934)).toBeLessThan(0.15);
  });

  test('where the counter stood at first is not known, and makes no jump', () => {
    const energy = charging(start, 10, MINUTE, 3 * MINUTE, (kWh) => 924 + Math.floor(0.9 + kWh));
    expect(lifetimeKWh(energy)).toBe(925);
    expect(energyKWh(energy)).toBeCloseTo(924.5, 1);
  });
});

describe('after a restart', () => {
  const wallClock = (now: number) => Date.UTC(2026, 10, 25) + now;

  function restarted(energy: Energy, after: number): Energy {
    const saved = toSavedEnergy(energy, wallClock);
    return fromSavedEnergy(saved && JSON.parse(JSON.stringify(saved)), 0, wallClock(after));
  }

  const charged = charging(
    read(read(noEnergy, 924, 0), 924, SECOND),
    10,
    MINUTE,
    20 * MINUTE,
    (kWh) => 924 + Math.floor(kWh),
  );

  test('nothing that was published is taken back, and it goes on from there', () => {
    const again = restarted(charged, 22 * MINUTE);
    expect([energyKWh(again), lifetimeKWh(again)]).toEqual([energyKWh(charged), lifetimeKWh(charged)]);
    const later = charging(again, 10, MINUTE, 20 * MINUTE, (kWh) => 924 + Math.floor(3.33 + kWh));
    expect(energyKWh(later)).toBeCloseTo(924 + 6.66, 1);
    expect(deliveredKWh(later)).toBeCloseTo(6.66, 1);
  });

  test('what was charged meanwhile is found by the counter', () => {
    let again = restarted(charged, 10 * HOUR);
    again = read(again, 924 + 30, SECOND);
    expect(lifetimeKWh(again)).toBe(954);
    expect(energyKWh(again)).toBeCloseTo(954, 1);
  });

  test('another counter does not book its own past', () => {
    let again = restarted(charged, 23 * MINUTE);
    for (let i = 1; i <= 5; i++) again = read(again, 8_841, i * SECOND);
    expect(lifetimeKWh(again)).toBe(927);
    expect(energyKWh(again)).toBe(energyKWh(charged));
    expect(lifetimeKWh(read(again, 8_842, 10 * MINUTE))).toBe(928);
  });
});

describe('whatever comes', () => {
  const counter = fc.oneof(
    fc.nat({ max: 0xffff_ffff }),
    fc.constantFrom(0, 20, 166, 924, 925, 180, 0x4000b4, 8_732_946, 8_732_950),
    fc.integer({ min: 199_990, max: 200_020 }),
  );
  const happening = fc.record({
    counter: fc.option(counter, { nil: undefined }),
    times: fc.integer({ min: 1, max: 8 }),
    watts: fc.constantFrom(0, 0, 1_400, 22_000),
    pause: fc.integer({ min: 1, max: 600_000 }),
    restarts: fc.boolean(),
  });

  test('no total goes back, and none jumps by more than a charger can have delivered since it was last believed', () => {
    const wallClock = (now: number) => now;
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 40 }),
        fc.constantFrom<EnergyUnit[]>('auto', 'kWh', 'Wh'),
        (all, setting) => {
          let energy: Energy = noEnergy;
          let now = 0;
          let before: { kWh: number; lifetime: number; believedAt: number } | undefined;
          for (const { counter, times, watts, pause, restarts } of all) {
            if (restarts) energy = fromSavedEnergy(toSavedEnergy(energy, wallClock), now, now);
            for (let i = 0; i < times; i++) {
              now += pause;
              energy = withPower(energy, watts, now);
              if (counter !== undefined) energy = withCounter(energy, counter, now, setting);
              energy = withSnapshot(energy, false, now);
              const kWh = energyKWh(energy);
              const lifetime = lifetimeKWh(energy);
              if (kWh === undefined || lifetime === undefined) continue;
              if (before) {
                const possible = 1.01 + 25 * ((now - before.believedAt) / HOUR);
                expect(kWh).toBeGreaterThanOrEqual(before.kWh);
                expect(lifetime).toBeGreaterThanOrEqual(before.lifetime);
                expect(kWh - before.kWh).toBeLessThanOrEqual(possible);
                expect(lifetime - before.lifetime).toBeLessThanOrEqual(possible + 1);
              }
              before = { kWh, lifetime, believedAt: Math.min(energy.believed?.movedAt ?? 0, now - 12_000) };
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('an honest counter is shown from the second reading on, and followed', () => {
    const honest = fc.tuple(fc.nat({ max: 190_000 }), fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 30 }));
    fc.assert(
      fc.property(honest, ([start, steps]) => {
        // A kWh a minute is more than a charger delivers, so they come five minutes apart.
        let energy = read(noEnergy, start, 0);
        let counter = start;
        for (const [i, step] of steps.entries()) {
          counter += step;
          energy = read(energy, counter, (i + 1) * 5 * MINUTE);
          expect(lifetimeKWh(energy)).toBe(counter);
        }
      }),
    );
  });
});
