// How many watts flow, on which phases: the heartbeat says how much, the meter where, and between its answers the last holds.

import { describe, expect, test } from 'vitest';
import { type Charger, newCharger } from '../../src/charger/charger.ts';
import { isPhaseConnected, loadWatts, phaseCurrents, phasesInUse, powerFrom } from '../../src/charger/load.ts';
import { withMessage } from '../../src/charger/transitions.ts';
import { decode, versionOf } from '../../src/protocol/codec.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { id, own } from '../world.ts';

const unit = id('1A2B');
const heartbeat = (actualAmps: number): Message => ({
  name: 'slaveHeartbeat',
  sender: unit,
  receiver: own,
  state: 1,
  limitAmps: 16,
  actualAmps,
});
const meter = (volts: readonly [number, number, number], phaseAmps: readonly [number, number, number]): Message => ({
  name: 'meterResponse',
  sender: unit,
  energyCounter: 924,
  volts,
  phaseAmps,
});

function told(messages: readonly Message[], charger = newCharger(unit, 0), version: 1 | 2 = 2): Charger {
  return messages.reduce((one, message, i) => withMessage(one, message, version, 'auto', 1_000 * (i + 1)), charger);
}

function watts(messages: readonly Message[], charger?: Charger, version?: 1 | 2): number | undefined {
  const load = loadWatts(told(messages, charger, version));
  return load === undefined ? undefined : Math.round(load);
}

test('a captured meter reply without phase currents leaves the amps of the heartbeat on the connected phase', () => {
  const frame = Uint8Array.from('FD EB 1A 2B 00 00 00 9F 00 E4 00 00 00 00 00 00 00 00 00 B3'.split(' '), (byte) =>
    Number.parseInt(byte, 16),
  );
  const decoded = decode(frame);
  if (!decoded.valid) throw new Error(decoded.reason);
  const charger = withMessage(told([heartbeat(15.2)]), decoded.message, versionOf(frame), 'auto', 3_000);
  expect(Math.round(loadWatts(charger) ?? 0)).toBe(3_466);
});

describe('the load', () => {
  test.each<[string, Message[], number | undefined]>([
    ['is unknown without a meter', [heartbeat(15.2)], undefined],
    ['is on the phases that the meter names', [meter([230, 230, 230], [15, 0, 0]), heartbeat(15.2)], 3_496],
    ['is on every connected phase before the meter names one', [meter([230, 0, 0], [0, 0, 0]), heartbeat(15.2)], 3_496],
    [
      'stays on the phases of before while the meter is not asked',
      [
        heartbeat(15),
        meter([230, 230, 230], [15, 0, 0]),
        heartbeat(0),
        meter([230, 230, 230], [0, 0, 0]),
        heartbeat(16),
      ],
      3_680,
    ],
    ['is 0 when no car charges', [meter([230, 230, 230], [0, 0, 0]), heartbeat(0.2)], 0],
  ])('%s', (_, messages, load) => {
    expect(watts(messages)).toBe(load);
  });

  test('of a unit without a meter is what its owner says, and is marked so', () => {
    const assumed = newCharger(unit, 0, { volts: 230, phases: 3 });
    expect(watts([heartbeat(10)], assumed, 1)).toBe(6_900);
    expect(powerFrom(told([heartbeat(10)], assumed, 1))).toBe('assumed');
    expect(watts([heartbeat(10)], newCharger(unit, 0, { volts: 230 }), 1)).toBeUndefined();
  });
});

test('phases in use and their currents are those of the car, and a single-phase unit has no B and C', () => {
  const car = told([meter([231, 0, 0], [16, 0, 0]), heartbeat(15.5)]);
  expect([phasesInUse(car), phaseCurrents(car)]).toEqual([1, [15.5, 0, 0]]);
  expect([0, 1, 2].map((phase) => isPhaseConnected(car, phase as 0 | 1 | 2))).toEqual([true, false, false]);
  expect(isPhaseConnected(newCharger(unit, 0), 0)).toBeUndefined();
});
