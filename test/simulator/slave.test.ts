// The simulated slave behaves as real ones were seen to (protocol 4.13, 4.14).

import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../src/protocol/codec.ts';
import type { MasterMessage, Message } from '../../src/protocol/messages.ts';
import { Cutter, wire } from '../../src/protocol/slip.ts';
import { createSimulatedBus, demonstration } from '../../src/simulator/bus.ts';
import type { Car, Slave } from '../../src/simulator/slave.ts';
import { id, own, slave, tesla } from '../world.ts';

const none = () => undefined;

describe('a slave without a master', () => {
  test('announces itself every 10 s, with its hardware limit', () => {
    const unit = slave('1A2B', { car: none });
    const linkready = { name: 'slaveLinkready', sender: '1A2B', sign: '2B', maxAmps: 32 };
    expect(unit.nextMessages(0)).toEqual([linkready]);
    expect(unit.nextMessages(9_999)).toEqual([]);
    expect([unit.wakeAt, unit.nextMessages(10_000)]).toEqual([10_000, [linkready]]);
  });

  test('stops its car, and charges again when the master is back', () => {
    const unit = slave('1A2B');
    talk(unit, 0, 30_000, 16);
    expect(unit.amps(30_000)).toBeCloseTo(15.2);
    expect(unit.amps(56_000)).toBe(0);
    talk(unit, 60_000, 90_000, 16);
    expect(unit.amps(90_000)).toBeCloseTo(15.2);
  });
});

describe('heartbeats', () => {
  test.each<[string, 1 | 2, number, object]>([
    ['an order is accepted, version 2', 2, 16, { state: 9, limitAmps: 16, actualAmps: 0 }],
    ['an order is accepted, version 1', 1, 16, { state: 4, limitAmps: 16, actualAmps: 0 }],
    ['an order of 0 A becomes 6 A, version 2', 2, 0, { state: 9, limitAmps: 6, actualAmps: 0 }],
    ['an order of 0 A stops, version 1', 1, 0, { state: 3, limitAmps: 0, actualAmps: 0 }],
  ])('%s', (_, version, amps, wanted) => {
    const unit = slave('1A2B', { version });
    unit.received(order(amps, version), 0);
    expect(answers(unit, 60)).toEqual([expect.objectContaining(wanted)]);
  });

  test('without a car the limit stays 0, whatever is ordered', () => {
    const unit = slave('1A2B', { car: none });
    unit.received(order(16), 0);
    expect(answers(unit, 60)).toEqual([expect.objectContaining({ state: 0, limitAmps: 0, actualAmps: 0 })]);
  });

  test('to others are not answered', () => {
    const unit = slave('3C4D');
    unit.nextMessages(0);
    unit.received(order(16), 1);
    expect(unit.nextMessages(500)).toEqual([]);
  });
});

test.each<[string, Car | undefined, number, number]>([
  ['nothing', undefined, 16, 0],
  ['a car that charges', tesla, 16, 1],
  ['a car that waits', tesla, 0, 3],
])('with %s plugged in the answer says so', (_, car, amps, plugState) => {
  const unit = slave('1A2B', { car: () => car });
  // Version 2 takes 0 A for 6 A, so the one that waits is not told anything.
  if (amps > 0) talk(unit, 0, 30_000, amps);
  const now = amps > 0 ? 30_001 : 1;
  unit.nextMessages(now);
  unit.received({ name: 'plugStateRequest', sender: own, receiver: id('1A2B') }, now);
  expect(unit.nextMessages(now + 60)).toContainEqual({ name: 'plugStateResponse', sender: '1A2B', plugState });
});

describe('what is not as it should be', () => {
  test('a car that sleeps looks like none, and takes 6 A when it wakes if it was told 0 A', () => {
    let car: Car = { ...tesla, mood: 'asleep' };
    const unit = slave('1A2B', { car: () => car });
    unit.received(order(0), 0);
    expect(answers(unit, 60)).toEqual([expect.objectContaining({ state: 0, limitAmps: 0, actualAmps: 0 })]);
    expect(unit.amps(10_000)).toBe(0);
    car = tesla;
    expect(unit.amps(20_000)).toBeCloseTo(5.2);
  });

  test('a car that is full takes nothing and says so', () => {
    const unit = slave('1A2B', { car: () => ({ ...tesla, mood: 'full' }) });
    talk(unit, 0, 30_000, 16);
    unit.received(order(16), 30_000);
    expect(answers(unit, 30_060)).toEqual([expect.objectContaining({ state: 3, limitAmps: 16, actualAmps: 0 })]);
  });

  test('a meter that is off, and a car that takes more than it may', () => {
    const unit = slave('1A2B', { meterFactor: 1.05, car: () => ({ ...tesla, amps: 32, takes: 1.1 }) });
    talk(unit, 0, 30_000, 10);
    expect(unit.amps(30_000)).toBeCloseTo(11);
    unit.received(order(10), 30_000);
    expect(answers(unit, 30_060)).toEqual([expect.objectContaining({ actualAmps: 11.55 })]);
  });

  test('a unit that echoes a limit without a car', () => {
    const unit = slave('1A2B', { echoesLimit: true, car: none });
    unit.received(order(16), 0);
    expect(answers(unit, 60)).toEqual([expect.objectContaining({ state: 9, limitAmps: 0 })]);
  });

  test('a relay that works and is not acknowledged', () => {
    const unit = slave('1A2B', { silentRelay: true });
    talk(unit, 0, 30_000, 16);
    unit.nextMessages(30_000);
    unit.received({ name: 'stopRequest', sender: own, receiver: id('1A2B') }, 30_001);
    expect([unit.nextMessages(30_100), unit.amps(30_100)]).toEqual([[], 0]);
  });
});

test('questions are answered by units that know them', () => {
  const ask: MasterMessage = { name: 'vinRequest1', sender: own, receiver: id('1A2B') };
  const said = (unit: Slave) => {
    unit.nextMessages(0);
    unit.received(ask, 1);
    return unit.nextMessages(200);
  };
  expect(said(slave('1A2B'))).toEqual([{ name: 'vinResponse1', sender: '1A2B', vin: tesla.vin.slice(0, 7) }]);
  expect(said(slave('1A2B', { car: none }))).toEqual([{ name: 'vinResponse1', sender: '1A2B', vin: '' }]);
  expect(said(slave('1A2B', { mute: true }))).toEqual([]);
  expect(said(slave('1A2B', { version: 1 }))).toEqual([]);
});

describe('the simulated bus', () => {
  test('carries real bytes, each frame with the junk byte of real units after it', () => {
    const bus = createSimulatedBus([slave('1A2B'), slave('3C4D', { version: 1 })]);
    const bytes = bus.read(0);
    expect(bytes.at(-1)).toBe(0xfc);
    expect(heard(bytes).map(({ name }) => name)).toEqual(['slaveLinkready', 'slaveLinkready']);
    bus.write(wire(encode(order(16))), 1);
    expect(bus.wakeAt).toBe(61);
    expect(heard(bus.read(61))).toEqual([expect.objectContaining({ name: 'slaveHeartbeat', sender: '1A2B' })]);
  });

  test('is not disturbed by noise', () => {
    const bus = createSimulatedBus([slave('1A2B')]);
    bus.read(0);
    bus.write(Uint8Array.of(0xc0, 1, 2, 3, 0xc0, 0xdb, 0xc0), 1);
    expect([...bus.read(1_000)]).toEqual([]);
  });
});

test('a newcomer sees a three-phase car, a single-phase car and a version 1 unit', () => {
  expect(demonstration().map((unit) => [unit.id, unit.version])).toEqual([
    ['1A2B', 2],
    ['3C4D', 2],
    ['5E6F', 1],
  ]);
});

function order(amps: number, version: 1 | 2 = 2): MasterMessage {
  return {
    name: 'masterHeartbeatLimit',
    sender: own,
    receiver: id('1A2B'),
    command: version === 1 ? 0x05 : 0x09,
    limitAmps: amps,
    masterPluggedIn: false,
  };
}

function answers(unit: Slave, now: number): readonly Message[] {
  return unit.nextMessages(now).filter(({ name }) => name === 'slaveHeartbeat');
}

/** A master that orders these amps every second. */
function talk(unit: Slave, from: number, to: number, amps: number): void {
  for (let now = from; now < to; now += 1_000) {
    unit.received(order(amps), now);
    unit.nextMessages(now + 60);
  }
}

function heard(bytes: Uint8Array): Message[] {
  return new Cutter().cut(bytes, 0).flatMap(({ frame }) => {
    const decoded = frame && decode(frame);
    return decoded?.valid ? [decoded.message] : [];
  });
}
