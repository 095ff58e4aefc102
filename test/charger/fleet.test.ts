// The chargers of one bus: how many, in which order, and for how long.

import { describe, expect, test } from 'vitest';
import {
  advanceFleet,
  confirmed,
  type Fleet,
  fleetWakeAt,
  fleetWithMessage,
  RESERVED_FOR,
  senderOf,
  withOffer,
} from '../../src/charger/fleet.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { id, own } from '../world.ts';

const names = ['1A2B', '3C4D', '5E6F'];

describe('how many', () => {
  const three = names.reduce<Fleet>((fleet, name) => heard(fleet, name, 0), new Map());

  test('three, in the order in which they came; a fourth is refused', () => {
    expect([...three.keys()]).toEqual(names);
    expect(fleetWithMessage(three, id('7081'), heartbeat('7081'), 2, 'auto', 3, 1_000)).toBeUndefined();
  });

  test('the one that has been silent longest gives its place to a newcomer, when its reservation is over', () => {
    const later = heard(heard(three, '3C4D', 5_000), '5E6F', 9_000);
    expect(fleetWithMessage(later, id('7081'), heartbeat('7081'), 2, 'auto', 3, RESERVED_FOR - 1)).toBeUndefined();
    expect([...heard(later, '7081', RESERVED_FOR).keys()]).toEqual(['3C4D', '5E6F', '7081']);
    const back = heard(later, '1A2B', 12_000);
    expect([...heard(back, '7081', 2 * RESERVED_FOR).keys()]).toEqual(['1A2B', '5E6F', '7081']);
  });
});

describe('a unit that was heard once only', () => {
  test('is not shown, and is forgotten after 12 s', () => {
    const once = heard(new Map(), '1A2B', 100);
    expect(confirmed(once)).toEqual([]);
    expect(fleetWakeAt(once)).toBe(12_100);
    expect(advanceFleet(once, 12_099)).toBe(once);
    expect([...advanceFleet(once, 12_100).keys()]).toEqual([]);
  });

  test('is shown when it is heard again', () => {
    const twice = heard(heard(new Map(), '1A2B', 100), '1A2B', 200);
    expect(confirmed(twice).map((charger) => charger.id)).toEqual(['1A2B']);
    expect([...advanceFleet(twice, 3_600_000).keys()]).toEqual(['1A2B']);
  });
});

test.each<[string, Message, string | undefined]>([
  ['a slave speaks of itself', heartbeat('1A2B'), '1A2B'],
  ['a master speaks to others', { name: 'meterRequest', sender: own, receiver: id('1A2B') }, undefined],
  ['an idle message comes from nobody', { name: 'idle' }, undefined],
])('%s', (_, message, unit) => {
  expect(senderOf(message)).toBe(unit);
});

test('an order to a unit that is not known is not noted', () => {
  const fleet = heard(new Map(), '1A2B', 0);
  expect(withOffer(fleet, id('3C4D'), 16, 1)).toBe(fleet);
  expect(withOffer(fleet, id('1A2B'), 16, 1).get(id('1A2B'))?.offer).toMatchObject({ amps: 16, at: 1 });
});

function heard(fleet: Fleet, name: string, now: number): Fleet {
  const after = fleetWithMessage(fleet, id(name), heartbeat(name), 2, 'auto', 3, now);
  if (!after) throw new Error(`${name} was refused`);
  return after;
}

function heartbeat(name: string): Message {
  return { name: 'slaveHeartbeat', sender: id(name), receiver: own, state: 0, limitAmps: 0, actualAmps: 0 };
}
