// What a person sees of the values: who takes how much, for which car, what is reserved and what is left.

import { describe, expect, test } from 'vitest';
import { listed } from '../../../src/page/listed.ts';
import { chargerViews, circuitView } from '../../../src/page/web/model.ts';
import { bridgeValues, chargerValues, gone, idle } from '../values.ts';

const limits = { maxAmpsForSlaves: 40, maxAmpsPerTWC: 32, minAmpsPerTWC: 6 };

function seen(...parts: readonly Readonly<Record<string, string>>[]) {
  const values = new Map(Object.entries(Object.assign({}, ...parts)) as [string, string][]);
  const chargers = chargerViews(values, { limits, listed, chargers: owner, vehicles: { '5YJ3E1EA2KF000317': 'Red' } });
  return { chargers, circuit: circuitView(values, limits, chargers) };
}

const owner = { '1A2B': { name: 'Garage left' }, '5E6F': { maxAmps: 10 } };

describe('a charger', () => {
  test('that charges', () => {
    const values = { limit: '20', ampsRated: '24', sessionStart: '2026-06-01T18:12:07+02:00', sessionEnergy: '4.2' };
    expect(seen(chargerValues('1A2B', { ...values, sessionSeconds: '900' })).chargers).toEqual([
      {
        id: '1A2B',
        name: 'Garage left',
        online: true,
        status: 'charging',
        amps: 15.2,
        watts: 10_518,
        current: '3 × 15.2 A',
        reserved: 16,
        offered: 16,
        limit: 20,
        enabled: true,
        range: { min: 6, max: 24 },
        car: 'Red',
        session: { start: Date.UTC(2026, 5, 1, 16, 12, 7), seconds: 900, kWh: 4.2, vin: '5YJ3E1EA2KF000317' },
        lastSession: undefined,
        details: [
          ['Id', '1A2B'],
          ['State', 'Plugged in and charging'],
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
  ])('has reserved %s', (_, values, reserved) => {
    expect(seen(chargerValues('1A2B', values)).chargers[0]?.reserved).toBe(reserved);
  });

  test.each([
    ['plugged', 'B', 'plugged', 'Unknown car'],
    ['unplugged', 'A', 'unplugged', 'No car'],
    ['unknown', 'A', 'ready', 'Car: unknown'],
    ['unknown', 'B', 'plugged', 'Unknown car'],
  ])('whose plug is %s, with the charge status %s', (plug, chargeStatus, status, car) => {
    const values = { ...idle, plug, chargeStatus, currentVehicleVIN: '' };
    expect(seen(chargerValues('1A2B', values)).chargers).toMatchObject([{ status, car }]);
  });

  test.each([
    [{ currentVehicleVIN: '5YJ3E1EA2KF000317' }, 'Red'],
    [{ currentVehicleVIN: '5YJSA1E2XHF000204' }, '5YJSA1E2XHF000204'],
    [{ vehicle: 'Blue' }, 'Blue'],
    [{ vehicle: 'unknown' }, 'Red'],
  ])('with the car %j', (values, car) => {
    expect(seen(chargerValues('1A2B', values)).chargers[0]?.car).toBe(car);
  });

  test.each([
    ['by its meters', { currentPhaseA: '15.2', currentPhaseB: '15.1', currentPhaseC: '0' }, '2 × 15.2 A'],
    ['by its load', { voltagePhaseB: '0', voltagePhaseC: '0', chargerLoadInW: '3511' }, '1 × 15.2 A'],
    ['by what is told of them', { chargerLoadInW: '', phases: '3' }, '3 × 15.2 A'],
    ['not known', { chargerLoadInW: '' }, '15.2 A'],
    ['that carry nothing', { ampsInUse: '0.2' }, ''],
  ])('with phases %s', (_, values, current) => {
    expect(seen(chargerValues('1A2B', values)).chargers[0]?.current).toBe(current);
  });

  const start = '2026-06-01T18:12:07+02:00';
  const last = JSON.stringify({ start, seconds: 7_500, kWh: 12.5, energyFrom: 'meter' });
  test.each<[string, Record<string, string>, boolean]>([
    ['runs', { sessionStart: start }, true],
    ['is over', { sessionStart: start, lastSession: last }, false],
    ['ended without a charge', { sessionStart: start, plug: 'unplugged' }, false],
    ['was never', {}, false],
    ['is of a charger that is gone', { ...gone, sessionStart: start }, false],
  ])('whose session %s', (_, values, isRunning) => {
    expect(seen(chargerValues('1A2B', values)).chargers[0]?.session !== undefined).toBe(isRunning);
  });

  test('tells of its last session', () => {
    const [charger] = seen(chargerValues('1A2B', { lastSession: last })).chargers;
    expect(charger?.lastSession).toEqual({ start: Date.parse(start), seconds: 7_500, kWh: 12.5 });
    expect(seen(chargerValues('1A2B', { lastSession: 'nonsense' })).chargers[0]?.lastSession).toBeUndefined();
  });

  test('that is gone shows nothing that was true before', () => {
    expect(seen(chargerValues('1A2B', gone)).chargers).toMatchObject([
      { online: false, status: 'offline', amps: undefined, watts: undefined, reserved: 0, car: '', enabled: true },
    ]);
  });

  test('of which only the id is known is there all the same', () => {
    expect(seen({ '3C4D/availability': 'offline' }).chargers).toMatchObject([
      { name: '3C4D', status: 'offline', amps: undefined, reserved: 0, limit: undefined, details: [] },
    ]);
  });

  test('cannot be set above its own wiring', () => {
    expect(seen(chargerValues('5E6F')).chargers[0]?.range).toEqual({ min: 6, max: 10 });
  });

  test('in error is not ready', () => {
    expect(seen(chargerValues('1A2B', { chargeStatus: 'E', stateText: 'Error' })).chargers).toMatchObject([
      { status: 'error' },
    ]);
    expect(seen(chargerValues('1A2B', { ...gone, chargeStatus: 'E' })).chargers).toMatchObject([{ status: 'offline' }]);
  });

  test('stands where its id stands, and nothing else is one', () => {
    const { chargers } = seen(chargerValues('5E6F'), chargerValues('1A2B'), bridgeValues, {
      'abcd/availability': 'online',
      '3C4D/availability': '',
    });
    expect(chargers.map(({ id }) => id)).toEqual(['1A2B', '5E6F']);
  });
});

describe('the circuit', () => {
  test('is what all draw and have reserved, and what is free', () => {
    const { circuit } = seen(
      chargerValues('1A2B'),
      chargerValues('3C4D', idle),
      chargerValues('5E6F', gone),
      bridgeValues,
    );
    expect(circuit).toMatchObject({
      limit: 32,
      // As over MQTT: a house that has nothing left may say so.
      range: { min: 0, max: 40 },
      amps: 15.2,
      watts: 10_518,
      unmetered: 0,
      reserved: 22,
      free: 10,
      scale: 40,
    });
  });

  test('that was lowered below what is still reserved has nothing free, and is drawn whole', () => {
    const { circuit } = seen(
      chargerValues('1A2B', { ampsOffered: '32' }),
      chargerValues('3C4D', { ampsOffered: '16' }),
      { ...bridgeValues, 'config/maxAmpsForSlaves': '20' },
    );
    expect(circuit).toMatchObject({ limit: 20, reserved: 48, free: 0, scale: 48 });
  });

  test('without chargers is free, and what it carries is not known', () => {
    expect(seen(bridgeValues).circuit).toMatchObject({
      limit: 32,
      amps: undefined,
      watts: undefined,
      reserved: 0,
      free: 32,
    });
    expect(seen().circuit).toMatchObject({ limit: undefined, free: 0 });
  });

  test.each([
    ['2026-06-01T19:30+02:00', Date.UTC(2026, 5, 1, 17, 30)],
    ['', undefined],
  ])('tells until when "charge now" holds: %j', (text, until) => {
    const { chargeNow } = seen({ ...bridgeValues, 'chargeNow/until': text }).circuit;
    expect(chargeNow).toEqual({ amps: 32, minutes: 60, until });
  });

  test('says how many chargers its load leaves out', () => {
    const unmetered = Object.entries(chargerValues('5E6F')).filter(([topic]) => !topic.endsWith('chargerLoadInW'));
    const { circuit } = seen(chargerValues('1A2B'), Object.fromEntries(unmetered), bridgeValues);
    expect(circuit).toMatchObject({ watts: 10_518, unmetered: 1 });
  });
});
