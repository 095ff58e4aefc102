// Units that were given up and are heard again, on a circuit without room for all of them.

import { expect, test } from 'vitest';
import { createWorld, heartbeats, slave, switchable, tesla, type World } from '../world.ts';

const names = ['1A2B', '3C4D', '5E6F'];
const SMALL = { maxAmpsForSlaves: 16, maxAmpsPerTWC: 16, minAmpsPerTWC: 6 };

/** Three version 2 units with cars that want more than there is; those in `off` have no power then. */
function house(off: Set<string>, left: Set<string> = new Set()): World {
  return createWorld({
    slaves: names.map((name) => {
      const unit = slave(name, { car: () => (left.has(name) ? undefined : { ...tesla, amps: 32 }) });
      return switchable(unit, () => !off.has(name));
    }),
    askPlugState: true,
    limits: SMALL,
  });
}

function offered(world: World, name: string): number | undefined {
  const limits = heartbeats(world, name).flatMap(({ message }) => ('limitAmps' in message ? [message.limitAmps] : []));
  return limits.at(-1);
}

test('a unit for which no room can be made takes nothing from the others, and has its turn when one leaves', () => {
  const off = new Set<string>();
  const left = new Set<string>();
  const world = house(off, left);
  world.pass(120_000);
  const [gone = ''] = names.filter((name) => (offered(world, name) ?? 0) > 0);
  const others = names.filter((name) => name !== gone);
  off.add(gone);
  world.pass(120_000);
  expect(others.map((name) => offered(world, name))).toEqual([8, 8]);
  off.delete(gone);
  for (let second = 0; second < 120; second++) {
    world.pass(1_000);
    expect(others.map((name) => offered(world, name))).toEqual([8, 8]);
  }
  expect(world.value('TWC/problem')).toContain(`${gone} waits`);
  left.add(others[0] ?? '');
  world.pass(90_000);
  expect(world.value(`TWC/${gone}/carsCharging`)).toBe('1');
});

test('of two units that come back where there is room for one, one has it', () => {
  const off = new Set<string>();
  const left = new Set(['5E6F']);
  const world = house(off, left);
  world.pass(120_000);
  for (const name of ['1A2B', '3C4D']) expect(world.value(`TWC/${name}/carsCharging`)).toBe('1');
  off.add('1A2B').add('3C4D');
  world.pass(120_000);
  left.clear();
  world.pass(60_000);
  expect(offered(world, '5E6F')).toBe(16);
  off.clear();
  world.pass(90_000);
  expect(names.map((name) => world.value(`TWC/${name}/carsCharging`))).toEqual(['1', '0', '1']);
});
