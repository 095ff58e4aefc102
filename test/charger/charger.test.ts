// What is known of one charger, from its messages and from the time that passes.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actualAmps, type Charger, newCharger, OFFLINE_AFTER, silence } from '../../src/charger/charger.ts';
import { isReserved, RESERVED_FOR, reservedAmps } from '../../src/charger/commitment.ts';
import { excessAt } from '../../src/charger/excess.ts';
import { fleetWithSent } from '../../src/charger/fleet.ts';
import { loadWatts } from '../../src/charger/load.ts';
import { withOffer } from '../../src/charger/offer.ts';
import { fromSaved, sameSaved, toSaved } from '../../src/charger/saved.ts';
import { advanceCharger, chargerWakeAt, withMessage } from '../../src/charger/transitions.ts';
import type { Phases } from '../../src/protocol/field.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { id, own } from '../world.ts';

const unit = id('1A2B');
const idle: Message = { name: 'slaveHeartbeat', sender: unit, receiver: own, state: 0, limitAmps: 0, actualAmps: 0 };

describe('a car is charging', () => {
  test.each<[string, [at: number, amps: number][], [at: number, charging: boolean][]]>([
    [
      'from 1.0 A on, at once',
      [
        [0, 0.99],
        [1_000, 1],
      ],
      [
        [0, false],
        [1_000, true],
      ],
    ],
    [
      'not with the 0.25 A of an idle unit',
      [[0, 0.25]],
      [
        [0, false],
        [9_000, false],
      ],
    ],
    [
      'until 5 s below without a break',
      [
        [0, 6],
        [1_000, 0.9],
      ],
      [
        [1_000, true],
        [5_999, true],
        [6_000, false],
      ],
    ],
    [
      'still when a break comes within the 5 s',
      [
        [0, 6],
        [1_000, 0.9],
        [5_900, 1.2],
        [6_100, 0.5],
      ],
      [
        [6_100, true],
        [11_099, true],
        [11_100, false],
      ],
    ],
    [
      'no more when its charger is not heard',
      [[0, 6]],
      [
        [25_999, true],
        [26_000, false],
      ],
    ],
  ])('%s', (_, heartbeats, wanted) => {
    for (const [at, charging] of wanted) {
      let charger = newCharger(unit, 0);
      for (const [time, amps] of heartbeats) if (time <= at) charger = told(charger, heartbeat(amps), time);
      expect(advanceCharger(charger, at).charging.on).toBe(charging);
    }
  });

  test('for as long as the rule says, in any course of currents', () => {
    const course = fc.array(fc.tuple(fc.integer({ min: 100, max: 4_000 }), fc.constantFrom(0, 0.25, 0.99, 1, 6, 16)));
    fc.assert(
      fc.property(course, (steps) => {
        let charger = newCharger(unit, 0);
        let now = 0;
        let last = Number.NEGATIVE_INFINITY;
        let belowSince = Number.POSITIVE_INFINITY;
        for (const [pause, amps] of steps) {
          now += pause;
          charger = told(charger, heartbeat(amps), now);
          if (amps >= 1) [last, belowSince] = [now, Number.POSITIVE_INFINITY];
          else belowSince = Math.min(belowSince, now);
          const charging = last > Number.NEGATIVE_INFINITY && now - belowSince < 5_000;
          expect(charger.charging.on).toBe(charging);
          if (!charging) last = Number.NEGATIVE_INFINITY;
        }
      }),
    );
  });
});

describe('the time of the next change', () => {
  test.each<[string, Charger, number]>([
    ['of one that was never heard', newCharger(unit, 0), Number.POSITIVE_INFINITY],
    ['of one that was heard', told(newCharger(unit, 0), heartbeat(0), 100), 100 + OFFLINE_AFTER],
    ['of one whose car stops', told(told(newCharger(unit, 0), heartbeat(6), 100), heartbeat(0), 1_100), 6_100],
    [
      'of one that is gone',
      advanceCharger(told(newCharger(unit, 0), heartbeat(0), 0), OFFLINE_AFTER),
      Number.POSITIVE_INFINITY,
    ],
  ])('%s', (_, charger, at) => {
    expect(chargerWakeAt(charger)).toBe(at);
    if (at < Number.POSITIVE_INFINITY) {
      expect(advanceCharger(charger, at - 1)).toBe(charger);
      expect(advanceCharger(charger, at)).not.toEqual(charger);
    }
  });
});

describe('a charger that is not heard', () => {
  const charging = told(told(newCharger(unit, 0), heartbeat(15.2), 0), meter([230, 230, 230], [15, 15, 15]), 1_000);
  const gone = advanceCharger(charging, 1_000 + OFFLINE_AFTER);

  test('is offline and draws nothing, since it stops its car', () => {
    expect([charging.online, actualAmps(charging)]).toEqual([true, 15.2]);
    expect([gone.online, actualAmps(gone), loadWatts(gone)]).toEqual([false, 0, 0]);
    expect(silence(gone, 1_000 + OFFLINE_AFTER)).toBe(OFFLINE_AFTER);
  });

  test('is online again with its first word, and nothing of before comes alive', () => {
    const announced = told(gone, { name: 'slaveLinkready', sender: unit, sign: '52', maxAmps: 32 }, 60_000);
    expect([announced.online, announced.charging.on]).toEqual([true, false]);
    expect([announced.heartbeat, announced.offer, announced.plugged.answer, actualAmps(announced)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(actualAmps(told(announced, heartbeat(0), 61_000))).toBe(0);
  });

  test('may go on holding the most that it reported, was offered or drew', () => {
    expect(gone.mayHold).toBe(16);
    expect(advanceCharger(withOffer(charging, 20, 2_000), 60_000).mayHold).toBe(20);
    expect(advanceCharger(told(charging, heartbeat(17.2), 2_000), 60_000).mayHold).toBe(17.2);
  });
});

describe('the load', () => {
  test.each<[string, number, Phases, Phases | undefined, number | undefined]>([
    ['of three phases', 16, [230, 231, 229], [16, 16, 16], 16 * 690],
    ['of a single-phase car on three phases', 16, [230, 231, 229], [16, 0, 0], 16 * 230],
    ['of a two-phase car on three phases', 16, [230, 231, 229], [16, 16, 0], 16 * 461],
    ['of one phase', 32, [240, 0, 0], [32, 0, 0], 32 * 240],
    ['of phases that differ', 16, [230, 230, 230], [16, 8, 0], 16 * 230 + 8 * 230],
    ['without phase currents, of every connected phase', 10, [230, 230, 79], undefined, 10 * 460],
    ['that the meter has not seen yet, of every connected phase', 10, [230, 230, 230], [0, 0, 0], 10 * 690],
    ['of an idle car', 0.25, [230, 230, 230], [0, 0, 0], 0],
  ])('%s', (_, amps, volts, phaseAmps, watts) => {
    const metered = told(newCharger(unit, 0), meter(volts, phaseAmps), 0);
    expect(loadWatts(told(metered, heartbeat(amps), 1))).toBe(watts);
  });

  test('is not known without a meter', () => {
    expect(loadWatts(told(newCharger(unit, 0), heartbeat(16), 0))).toBeUndefined();
  });
});

describe('the car', () => {
  const parts = ['5YJ3E1E', 'A2KF000', '317'];
  const withVin = parts.reduce(
    (charger, vin, i) => told(charger, { name: `vinResponse${(i + 1) as 1 | 2 | 3}`, sender: unit, vin }, 1_000 + i),
    told(newCharger(unit, 0), heartbeat(6), 0),
  );

  test('is known by its three parts', () => {
    expect(withVin.vin).toEqual({ type: 'known', text: '5YJ3E1EA2KF000317', verified: true });
    expect(withVin.lastVin).toBeUndefined();
  });

  test('becomes the last one when it stops charging, and the next is unknown', () => {
    const stopped = advanceCharger(told(withVin, heartbeat(0), 2_000), 7_000);
    expect([stopped.vin, stopped.lastVin]).toEqual([{ type: 'unknown' }, '5YJ3E1EA2KF000317']);
    const next = told(stopped, heartbeat(6), 8_000);
    expect([next.vin, next.lastVin]).toEqual([{ type: 'unknown' }, '5YJ3E1EA2KF000317']);
  });
});

describe('what survives a restart', () => {
  test('is who the charger is, not what it does', () => {
    const linkready: Message = { name: 'slaveLinkready', sender: unit, sign: '52', maxAmps: 32 };
    const known = [
      linkready,
      heartbeat(16),
      meter([230, 230, 230], [16, 16, 16]),
      { name: 'versionResponse', sender: unit, version: '4.5.3.2' },
      { name: 'serialResponse', sender: unit, serial: 'A17I0001A2B' },
    ] as const;
    const charger = known.reduce((before, message, i) => told(before, message, i), newCharger(unit, 0));
    const kept = {
      id: unit,
      version: 2,
      ratedAmps: 32,
      serialNumber: 'A17I0001A2B',
      firmware: '4.5.3.2',
      carSeen: true,
    } as const;
    expect(toSaved(charger)).toEqual(kept);
    expect(toSaved(fromSaved(kept, 99))).toEqual(kept);
    expect(fromSaved(kept, 99)).toMatchObject({ online: false, confirmed: true, since: 99 });
    expect(actualAmps(fromSaved(kept, 99))).toBeUndefined();
    expect(sameSaved([kept], [toSaved(charger)])).toBe(true);
    expect(sameSaved([kept], [{ ...kept, lastVin: '5YJ3E1EA2KF000317' }])).toBe(false);
    expect(sameSaved([kept], [kept, { ...kept, id: own }])).toBe(false);
  });

  test('is that it was given up, with what it held, for as long as that may be in use', () => {
    const given = { id: unit, version: 2, ratedAmps: 32, givenUpAt: 1_000_000, heldAmps: 16 } as const;
    const charger = fromSaved(given, 50_000, {}, 1_030_000);
    expect(charger).toMatchObject({ givenUp: true, mayHold: 16, heartbeatSentAt: 20_000 });
    expect(toSaved(charger, (now) => now + 980_000)).toEqual(given);
    expect([59_999, 60_000].map((now) => isReserved(charger, now))).toEqual([true, false]);
    // The clock was set back meanwhile.
    expect(fromSaved(given, 50_000, {}, 900_000).heartbeatSentAt).toBe(50_000);
  });

  test('is what was learnt of its draw beyond its limit', () => {
    const given = { id: unit, excess: [{ limit: 16, amps: 0.8 }] };
    expect(toSaved(fromSaved(given, 0))).toEqual(given);
    expect(excessAt(fromSaved(given, 0).excess, 16)).toBe(0.8);
    expect(sameSaved([given], [{ ...given, excess: [{ limit: 16, amps: 0.9 }] }])).toBe(true);
    expect(sameSaved([given], [{ ...given, excess: [{ limit: 16, amps: 1.2 }] }])).toBe(false);
    expect(sameSaved([given], [{ id: unit }])).toBe(false);
  });

  test('an empty serial number is none', () => {
    const charger = told(newCharger(unit, 0), { name: 'serialResponse', sender: unit, serial: '' }, 0);
    expect(charger.serialNumber).toBeUndefined();
  });
});

describe('noise that passed the checksum', () => {
  const before = told(told(newCharger(unit, 0), heartbeat(6), 0), meter([230, 0, 0], [6, 0, 0]), 1);

  test.each<[string, Message]>([
    ['a current that no unit can carry', heartbeat(100.01)],
    ['a voltage that no phase has', meter([301, 0, 0], [6, 0, 0])],
  ])('%s shows that the unit is there, and nothing else', (_, message) => {
    expect(told(before, message, 2)).toEqual({ ...before, heardAt: 2, energy: expect.anything() });
  });
});

describe('a unit that was given up and tells of itself unasked', () => {
  const away = fromSaved({ id: unit, version: 2, ratedAmps: 32, givenUpAt: 0, heldAmps: 8 }, 60_000, {}, 60_000);
  const answer = { ...idle, state: 1, limitAmps: 26 } as const;

  test.each([
    ['has its least when it does not draw', 0, 6],
    ['has what it held when it draws, as long as somebody may speak to it', 20, 26],
  ])('%s', (_, actualAmps, reserved) => {
    const charger = told(away, { ...answer, actualAmps }, 60_001);
    expect(charger).toMatchObject({ online: true, givenUp: true, mayHold: 26 });
    expect(charger.heartbeat).toBeUndefined();
    const moments = [60_001, 60_000 + RESERVED_FOR, 60_001 + RESERVED_FOR];
    expect(moments.map((now) => reservedAmps(charger, now))).toEqual([reserved, reserved, 6]);
  });

  test('is given up no more once it is spoken to, although it was heard a moment before', () => {
    const fleet = new Map([[unit, told(away, { ...answer, actualAmps: 20 }, 60_001)]]);
    const limit = { name: 'masterHeartbeatLimit', sender: own, receiver: unit, command: 9, limitAmps: 6 } as const;
    const spoken = fleetWithSent(fleet, { ...limit, masterPluggedIn: false }, 60_100).get(unit);
    expect(spoken).toMatchObject({ givenUp: false, offer: { amps: 6 }, mayHold: 26 });
  });
});

test('a unit that was heard once only is not confirmed', () => {
  const once = told(newCharger(unit, 0), heartbeat(0), 0);
  expect([once.confirmed, told(once, heartbeat(0), 1).confirmed]).toEqual([false, true]);
});

test('an offer is noted with its time; the same offer again only renews when it was sent', () => {
  const charger = withOffer(newCharger(unit, 0), 16, 100);
  expect(charger.offer).toMatchObject({ amps: 16, at: 100, sentAt: 100 });
  expect(withOffer(charger, 16, 200).offer).toMatchObject({ amps: 16, at: 100, sentAt: 200 });
  expect(withOffer(charger, 10, 300).offer).toMatchObject({ amps: 10, at: 300, lowered: { from: 16, at: 300 } });
  expect(withOffer(charger, 20, 300).offer).toMatchObject({ amps: 20, at: 300, raisedAt: 300 });
});

describe('until it has answered an offer, a unit may still hold', () => {
  const before = (charger: Charger) => charger.mayHold;

  test('what it was offered before', () => {
    const charger = told(withOffer(told(newCharger(unit, 0), idle, 0), 16, 1), idle, 2);
    expect(before(charger)).toBeUndefined();
    const lowered = withOffer(charger, 0, 3);
    expect([before(lowered), before(withOffer(lowered, 6, 4)), before(told(lowered, idle, 5))]).toEqual([
      16,
      16,
      undefined,
    ]);
  });

  test('what it reports, when it has a car and was offered nothing', () => {
    const charger = told(newCharger(unit, 0), heartbeat(15), 0);
    expect([before(charger), before(withOffer(charger, 6, 1))]).toEqual([undefined, 16]);
  });

  test('all that its hardware can, when it has no car and was offered nothing', () => {
    const charger = told(newCharger(unit, 0), idle, 0);
    expect(before(withOffer(charger, 0, 1))).toBe(80);
    const linkready: Message = { name: 'slaveLinkready', sender: unit, sign: '52', maxAmps: 32 };
    expect(before(withOffer(told(told(newCharger(unit, 0), linkready, 0), idle, 1), 0, 2))).toBe(32);
  });
});

function told(charger: Charger, message: Message, now: number): Charger {
  return withMessage(charger, message, 2, 'auto', now);
}

function heartbeat(actual: number): Message {
  return { name: 'slaveHeartbeat', sender: unit, receiver: own, state: 1, limitAmps: 16, actualAmps: actual };
}

function meter(volts: Phases, phaseAmps: Phases | undefined): Message {
  const known = { sender: unit, energyCounter: 924, volts };
  return phaseAmps ? { name: 'meterResponse', ...known, phaseAmps } : { name: 'meterResponseShort', ...known };
}
