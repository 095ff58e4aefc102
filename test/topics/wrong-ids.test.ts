// An id in the configuration that no charger has.

import { expect, test } from 'vitest';
import type { ChargerSettings } from '../../src/charger/charger-settings.ts';
import { createWorld, id, slave } from '../world.ts';

const settingsOf = (...ids: readonly string[]) =>
  new Map(ids.map((one) => [id(one), { name: one } as ChargerSettings]));
const hints = (ids: readonly string[], onTheBus: readonly string[]) => {
  const world = createWorld({ chargerSettings: settingsOf(...ids), slaves: onTheBus.map((one) => slave(one)) });
  world.pass(300_000);
  return world.logs.filter((line) => line.includes('of the configuration'));
};

test('that is mistyped is told with the one that is heard', () => {
  expect(hints(['1A2C', '3C4D'], ['1A2B', '3C4D'])).toEqual([
    expect.stringMatching(/No charger has the id 1A2C of the configuration, but 1A2B is heard: is the id mistyped\?/),
  ]);
  expect(hints(['A12B'], ['1A2B'])).toHaveLength(1);
});

test('is fine for a charger that is away, or when all that are heard are known', () => {
  expect(hints(['1A2B', '5E6F'], ['1A2B', '3C4D'])).toEqual([]);
  expect(hints(['1A2B', '1A2C'], ['1A2B'])).toEqual([]);
  expect(hints(['1A2C'], [])).toEqual([]);
});
