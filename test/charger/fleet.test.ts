// The chargers of one bus: how many, in which order, and for how long.

import { describe, expect, test } from 'vitest';
import type { Charger } from '../../src/charger/charger.ts';
import { isReserved, RESERVED_FOR } from '../../src/charger/commitment.ts';
import {
  advanceFleet,
  confirmed,
  type Fleet,
  type FleetSettings,
  fleetCalled,
  fleetOfOthers,
  fleetWakeAt,
  fleetWithMessage,
  fleetWithSent,
  isAddressed,
  senderOf,
} from '../../src/charger/fleet.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { id, own } from '../world.ts';

const settings: FleetSettings = { energyUnit: 'auto', chargerSettings: new Map(), most: 3 };
const names = ['1A2B', '3C4D', '5E6F'];

describe('how many', () => {
  const three = names.reduce<Fleet>((fleet, name) => heard(heard(fleet, name, 0), name, 0), new Map());

  test('three, in the order in which they came; a fourth is refused', () => {
    expect([...three.keys()]).toEqual(names);
    expect(
      fleetWithMessage(three, id('7081'), { message: heartbeat('7081'), version: 2 }, settings, 1_000),
    ).toBeUndefined();
  });

  test('the one that has been silent longest gives its place to a newcomer, when its reservation is over', () => {
    const later = heard(heard(three, '3C4D', 5_000), '5E6F', 9_000);
    expect(
      fleetWithMessage(later, id('7081'), { message: heartbeat('7081'), version: 2 }, settings, RESERVED_FOR - 1),
    ).toBeUndefined();
    expect([...heard(later, '7081', RESERVED_FOR).keys()]).toEqual(['3C4D', '5E6F', '7081']);
    const back = heard(later, '1A2B', 12_000);
    expect([...heard(back, '7081', 2 * RESERVED_FOR).keys()]).toEqual(['1A2B', '5E6F', '7081']);
  });
});

describe('a unit that was heard once only', () => {
  test('is not shown, gets heartbeats for 12 s, and is forgotten then', () => {
    const once = heard(new Map(), '1A2B', 100);
    expect(confirmed(once)).toEqual([]);
    expect([12_099, 12_100].map((now) => addressed(once, now))).toEqual([['1A2B'], []]);
    expect(fleetWakeAt(once)).toBe(12_100);
    expect([12_099, 12_100].map((now) => advanceFleet(once, now).size)).toEqual([1, 0]);
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

test('an offer to a unit that is not known is not noted', () => {
  const fleet = heard(new Map(), '1A2B', 0);
  expect(fleetWithSent(fleet, limit('3C4D', 16), 1)).toBe(fleet);
  const offered = fleetWithSent(fleet, limit('1A2B', 16), 1);
  expect(offered.get(id('1A2B'))?.offer).toMatchObject({ amps: 16, at: 1 });
});

describe('a unit that is not heard any more', () => {
  const present = heard(heard(new Map(), '1A2B', 0), '1A2B', 1_000);

  test('gets no more heartbeats after 26 s, and its amps are free 40 s after the last', () => {
    let fleet = present;
    for (let now = 2_000; now <= 27_000; now += 1_000) {
      fleet = advanceFleet(fleet, now);
      if (addressed(fleet, now).length > 0) fleet = fleetWithSent(fleet, greeting('1A2B'), now);
    }
    expect(addressed(fleet, 27_000)).toEqual([]);
    expect(charger(fleet).heartbeatSentAt).toBe(26_000);
    expect([65_999, 66_000].map((now) => isReserved(charger(fleet), now))).toEqual([true, false]);
  });

  test('is spoken to again when it is heard', () => {
    const gone = advanceFleet(present, 60_000);
    expect(addressed(gone, 60_000)).toEqual([]);
    expect(addressed(heard(gone, '1A2B', 61_000), 61_000)).toEqual(['1A2B']);
  });

  test('has its chance when we begin to speak', () => {
    const gone = advanceFleet(present, 600_000);
    const called = fleetCalled(gone, 600_000);
    expect([600_000, 609_999, 610_000].map((now) => addressed(called, now).length)).toEqual([1, 1, 0]);
    expect([639_999, 640_000].map((now) => isReserved(charger(called), now))).toEqual([true, false]);
  });
});

test('after another master nothing is known of what a charger holds', () => {
  const fleet = fleetWithSent(heard(new Map(), '1A2B', 0), limit('1A2B', 6), 1_000);
  const after = charger(fleetOfOthers(fleet));
  expect(after).toMatchObject({ online: false, mayHold: 80 });
  expect([after.offer, after.heartbeat]).toEqual([undefined, undefined]);
});

function addressed(fleet: Fleet, now: number): string[] {
  return [...fleet.values()].filter((one) => isAddressed(one, now)).map((one) => one.id);
}

function charger(fleet: Fleet): Charger {
  const [first] = fleet.values();
  if (!first) throw new Error('no charger');
  return first;
}

function greeting(name: string): Message {
  return { name: 'masterHeartbeat', sender: own, receiver: id(name), command: 0, masterPluggedIn: false };
}

function limit(name: string, limitAmps: number): Message {
  return { ...greeting(name), name: 'masterHeartbeatLimit', command: 9, limitAmps } as Message;
}

function heard(fleet: Fleet, name: string, now: number): Fleet {
  const after = fleetWithMessage(fleet, id(name), { message: heartbeat(name), version: 2 }, settings, now);
  if (!after) throw new Error(`${name} was refused`);
  return after;
}

function heartbeat(name: string): Message {
  return { name: 'slaveHeartbeat', sender: id(name), receiver: own, state: 0, limitAmps: 0, actualAmps: 0 };
}
