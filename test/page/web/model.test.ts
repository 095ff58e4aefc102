// What a person sees of the values: who takes how much, who holds how much, what is left.

import { describe, expect, test } from 'vitest';
import { listed } from '../../../src/page/listed.ts';
import { amperes, chargerViews, circuitView, power } from '../../../src/page/web/model.ts';
import { bridgeValues, chargerValues, gone, idle } from '../values.ts';

const limits = { maxAmpsForSlaves: 40, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };

function seen(...parts: readonly Readonly<Record<string, string>>[]) {
  const values = new Map(Object.entries(Object.assign({}, ...parts)) as [string, string][]);
  const chargers = chargerViews(values, { limits, listed });
  return { chargers, circuit: circuitView(values, limits, chargers) };
}

const unknown = 'Whether a car is there is not known';

describe('a charger', () => {
  test('that charges', () => {
    expect(seen(chargerValues('1A2B', { limit: '20', ampsRated: '24' })).chargers).toEqual([
      {
        id: '1A2B',
        online: true,
        charging: true,
        inError: false,
        stateText: 'Plugged in and charging',
        amps: 15.2,
        watts: 10_518,
        held: 16,
        limit: 20,
        allowed: true,
        range: { min: 6, max: 24 },
        car: 'Car 5YJ3E1EA2KF000317',
        session: '',
        details: [
          ['Lifetime energy', '8732 kWh'],
          ['Reported limit', '16 A'],
          ['Offered current', '16 A'],
          ['Hardware limit', '24 A'],
          ['Voltage phase A', '231 V'],
          ['Voltage phase B', '229 V'],
          ['Voltage phase C', '232 V'],
          ['Serial number', 'A17I0001A2B'],
          ['Firmware', '4.5.3.2'],
        ],
      },
    ]);
  });

  test.each<[string, Record<string, string>, number]>([
    ['what it was offered before it took it', { ampsOffered: '20', ampsMax: '6', ampsInUse: '0' }, 20],
    ['what it reports while it is lowered', { ampsOffered: '6', ampsMax: '20', ampsInUse: '5.5' }, 20],
    ['what it draws, if that is more than it may', { ampsOffered: '6', ampsMax: '6', ampsInUse: '9.3' }, 9.3],
  ])('holds %s', (_, values, held) => {
    expect(seen(chargerValues('1A2B', values)).chargers[0]?.held).toBe(held);
  });

  test.each([
    ['plugged', 'A car whose VIN is not known'],
    ['unplugged', 'No car'],
    ['unknown', unknown],
  ])('whose plug is %s, without a VIN', (plug, car) => {
    expect(seen(chargerValues('1A2B', { plug, currentVehicleVIN: '' })).chargers[0]?.car).toBe(car);
  });

  test.each<[Record<string, string>, string]>([
    [{ sessionStart: '2026-06-01T18:12:07.000+02:00', sessionEnergy: '4.20' }, '4.20 kWh since 18:12 (06-01)'],
    [{ sessionStart: '2026-06-01T18:12:07.000+02:00' }, 'Since 18:12 (06-01)'],
    [{ sessionStart: '', sessionEnergy: '4.20' }, ''],
    [{ ...gone, sessionStart: '2026-06-01T18:12:07.000+02:00' }, ''],
  ])('with the session %j', (values, session) => {
    expect(seen(chargerValues('1A2B', values)).chargers[0]?.session).toBe(session);
  });

  test('that is gone shows nothing that was true before', () => {
    expect(seen(chargerValues('1A2B', gone)).chargers).toMatchObject([
      { online: false, charging: false, amps: undefined, watts: undefined, held: 0, car: '', allowed: true },
    ]);
  });

  test('that has only been met is there with what is known', () => {
    expect(seen({ '1A2B/availability': 'online', '1A2B/charging': '0' }).chargers).toMatchObject([
      { amps: undefined, watts: undefined, held: 0, limit: undefined, allowed: false, details: [], car: unknown },
    ]);
  });

  test('in error is not idle', () => {
    expect(seen(chargerValues('1A2B', { state: '2', stateText: 'Error' })).chargers).toMatchObject([{ inError: true }]);
    expect(seen(chargerValues('1A2B', { ...gone, state: '2' })).chargers).toMatchObject([{ inError: false }]);
  });

  test('stands where its id stands, and nothing else is one', () => {
    const { chargers } = seen(chargerValues('5E6F'), chargerValues('1A2B'), bridgeValues, {
      'abcd/availability': 'online',
    });
    expect(chargers.map(({ id }) => id)).toEqual(['1A2B', '5E6F']);
  });
});

describe('the circuit', () => {
  test('is what all draw and hold, and what is free', () => {
    const { circuit } = seen(
      chargerValues('1A2B'),
      chargerValues('3C4D', idle),
      chargerValues('5E6F', gone),
      bridgeValues,
    );
    expect(circuit).toMatchObject({ limit: 32, drawn: 15.2, watts: 10_518, held: 22, free: 10, scale: 40 });
  });

  test('that was lowered below what is still held has nothing free, and is drawn whole', () => {
    const { circuit } = seen(
      chargerValues('1A2B', { ampsOffered: '32' }),
      chargerValues('3C4D', { ampsOffered: '16' }),
      { ...bridgeValues, 'config/maxAmpsForSlaves': '20' },
    );
    expect(circuit).toMatchObject({ limit: 20, held: 48, free: 0, scale: 48 });
  });

  test('without chargers is free', () => {
    expect(seen(bridgeValues).circuit).toMatchObject({ limit: 32, drawn: 0, watts: undefined, held: 0, free: 32 });
    expect(seen().circuit).toMatchObject({ limit: undefined, free: 0 });
  });
});

test('numbers as a person reads them', () => {
  expect([0, 6, 15.25, 9.96].map(amperes)).toEqual(['0.0 A', '6.0 A', '15.3 A', '10.0 A']);
  expect([0, 999.4, 1_000, 10_518].map(power)).toEqual(['0 W', '999 W', '1.0 kW', '10.5 kW']);
});
