// The lifetime counter: its unit is nowhere said, and wrong values pass the checksum now and then.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Energy, type EnergyUnit, lifetimeKWh, metered, noEnergy } from '../../src/charger/energy.ts';

const MINUTE = 60_000;

/** What is shown after each of these counters, a minute apart. */
function shown(counters: readonly number[], setting: EnergyUnit = 'auto'): (number | undefined)[] {
  let energy: Energy = noEnergy;
  return counters.map((counter, i) => {
    energy = metered(energy, counter, i * MINUTE, setting);
    return lifetimeKWh(energy);
  });
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

test('a young charger that counts Wh is taken for kWh until it charges', () => {
  expect(shown([50_000, 50_000, 50_180, 50_360, 50_540])).toEqual([undefined, 50_000, 50_000, 50_000, 50]);
});

test('after days without a word a counter may have moved by what a charger can deliver', () => {
  const before = metered(metered(noEnergy, 924, 0, 'auto'), 924, 1_000, 'auto');
  const twoDays = 48 * 60 * MINUTE;
  expect(lifetimeKWh(metered(before, 924 + 900, twoDays, 'auto'))).toBe(1_824);
  expect(lifetimeKWh(metered(before, 924 + 2_000, twoDays, 'auto'))).toBe(924);
});

describe('whatever comes', () => {
  const counter = fc.oneof(
    fc.nat({ max: 0xffff_ffff }),
    fc.constantFrom(0, 924, 925, 180, 0x4000b4, 8_732_946, 8_732_950),
    fc.integer({ min: 199_990, max: 200_020 }),
  );
  const readings = fc.array(fc.tuple(counter, fc.integer({ min: 1, max: 600_000 })), { maxLength: 40 });

  test('what is shown never decreases, except when the unit is found to have been Wh', () => {
    fc.assert(
      fc.property(readings, fc.constantFrom<EnergyUnit[]>('auto', 'kWh', 'Wh'), (all, setting) => {
        let energy: Energy = noEnergy;
        let now = 0;
        for (const [value, pause] of all) {
          now += pause;
          const after = metered(energy, value, now, setting);
          const corrected = energy.believed?.unit === 'kWh' && after.believed?.unit === 'Wh';
          if (corrected) expect(setting).toBe('auto');
          else expect(lifetimeKWh(after) ?? 0).toBeGreaterThanOrEqual(lifetimeKWh(energy) ?? 0);
          energy = after;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('an honest counter is shown from the second reading on, and followed', () => {
    const honest = fc.tuple(fc.nat({ max: 190_000 }), fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 30 }));
    fc.assert(
      fc.property(honest, ([start, steps]) => {
        // A kWh a minute is more than a charger delivers, so they come five minutes apart.
        let energy = metered(noEnergy, start, 0, 'auto');
        let counter = start;
        for (const [i, step] of steps.entries()) {
          counter += step;
          energy = metered(energy, counter, (i + 1) * 5 * MINUTE, 'auto');
          expect(lifetimeKWh(energy)).toBe(counter);
        }
      }),
    );
  });
});
